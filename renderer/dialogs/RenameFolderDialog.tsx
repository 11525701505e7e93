import { useState } from 'react';
import type { StreamItem } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { CloseOrStop } from './CloseOrStop.tsx';

/** Another name for a folder of the bucket: a copy of each object inside the server, so that it may take a while. */
export function RenameFolderDialog({ place, objectKey }: { readonly place: Place; readonly objectKey: string }) {
  const t = useText();
  const { number } = useFormats();
  const { account, bucket } = place;
  const path = objectKey.slice(0, -1);
  const slash = path.lastIndexOf('/') + 1;
  const [name, setName] = useState(path);
  const [step, setStep] = useState<StreamItem<'object.movePrefix'>>();
  const wanted = name.trim().replace(/^\/+|\/+$/g, '');
  const newPath = wanted.includes('/') ? wanted : path.slice(0, slash) + wanted;
  const move = useStoppable(async (signal) => {
    let left = 0;
    try {
      const request = { account, bucket, prefix: objectKey, newPrefix: `${newPath}/` };
      for await (const item of engine().stream('object.movePrefix', request, signal)) {
        setStep(item);
        left = item.left;
      }
    } finally {
      setStep(undefined);
      bucketChanged();
    }
    if (left === 0) notify('done', t('rename-folder.done', { name: newPath }));
    else notify('failed', t('rename-folder.left', { count: left, files: number(left) }));
    closeDialog();
  });
  const canMove = wanted !== '' && newPath !== path && !move.isBusy;
  return (
    <Dialog
      title={t('rename.title', { name: path.slice(slash) })}
      isBusy={move.isBusy}
      onClose={closeDialog}
      onSubmit={() => {
        if (canMove) void move.run();
      }}
      footer={
        <>
          <CloseOrStop work={move} />
          <Button size="large" variant="primary" type="submit" isDisabled={!canMove}>
            {t('files.rename.do')}
          </Button>
        </>
      }
    >
      <ErrorNote error={move.error} />
      <TextField
        label={t('rename-folder.name')}
        value={name}
        onChange={setName}
        help={t('rename.help')}
        isReadOnly={move.isBusy}
        autoFocus
      />
      {move.isBusy ? (
        <Loading
          text={t(step?.phase === 'deleting' ? 'rename-folder.deleting' : 'rename-folder.copying', {
            count: step?.objects ?? 0,
            files: number(step?.objects ?? 0),
          })}
        />
      ) : (
        <p className="muted">{t('rename-folder.text')}</p>
      )}
    </Dialog>
  );
}
