import { useState } from 'react';
import { engine } from '../engine/engine.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, goTo } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { fileName } from '../views/files/names.ts';
import { CloseOrStop } from './CloseOrStop.tsx';

export function NewFolderDialog({ place }: { readonly place: Place }) {
  const t = useText();
  return (
    <NameDialog
      title={t('new-folder.title')}
      label={t('new-folder.name')}
      help={t('new-folder.help')}
      initial=""
      submit={t('new-folder.make')}
      work={async (name, signal) => {
        const { account, bucket } = place;
        const prefix = `${place.prefix}${name}/`;
        await engine().call('object.makeFolder', { account, bucket, prefix }, signal);
        goTo({ ...place, prefix });
      }}
    />
  );
}

export function RenameDialog({ place, objectKey }: { readonly place: Place; readonly objectKey: string }) {
  const t = useText();
  const above = objectKey.slice(0, objectKey.length - fileName(objectKey).length);
  return (
    <NameDialog
      title={t('rename.title', { name: fileName(objectKey) })}
      label={t('rename.name')}
      help={t('rename.help')}
      initial={objectKey}
      submit={t('files.rename.do')}
      work={async (name, signal) => {
        const { account, bucket } = place;
        // A name alone stays where it is; one with a slash is the whole key.
        const newKey = name.includes('/') ? name.replace(/^\//, '') : above + name;
        await engine().call('object.move', { account, bucket, key: objectKey, newKey }, signal);
      }}
    />
  );
}

function NameDialog({
  title,
  label,
  help,
  initial,
  submit,
  work,
}: {
  readonly title: string;
  readonly label: string;
  readonly help: string;
  readonly initial: string;
  readonly submit: string;
  readonly work: (name: string, signal: AbortSignal) => Promise<void>;
}) {
  const [name, setName] = useState(initial);
  const wanted = name.trim();
  const save = useStoppable(async (signal) => {
    try {
      await work(wanted, signal);
      closeDialog();
    } finally {
      // What was stopped may have been done all the same.
      bucketChanged();
    }
  });
  const canSave = wanted !== '' && wanted !== initial && !save.isBusy;
  return (
    <Dialog
      title={title}
      isBusy={save.isBusy}
      onClose={closeDialog}
      onSubmit={() => {
        if (canSave) void save.run();
      }}
      footer={
        <>
          <CloseOrStop work={save} />
          <Button size="large" variant="primary" type="submit" isDisabled={!canSave}>
            {submit}
          </Button>
        </>
      }
    >
      <ErrorNote error={save.error} />
      <TextField label={label} value={name} onChange={setName} help={help} autoFocus />
    </Dialog>
  );
}
