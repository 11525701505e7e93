import { useState } from 'react';
import { isBucketName } from '../../src/api/index.ts';
import { hasErrorCode } from '../engine/error-code.ts';
import { engine } from '../engine/engine.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, goTo, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { CloseOrStop } from './CloseOrStop.tsx';
import { RemovalDialog } from './RemovalDialog.tsx';

export function NewBucketDialog({ account }: { readonly account: string }) {
  const t = useText();
  const accounts = useApp((state) => state.accounts) ?? [];
  const [chosen, setChosen] = useState(account);
  const [name, setName] = useState('');
  const isValid = isBucketName(name);
  const make = useStoppable(async (signal) => {
    await engine().call('bucket.create', { account: chosen, bucket: name }, signal);
    bucketChanged();
    goTo({ account: chosen, bucket: name, prefix: '' });
    closeDialog();
  });
  return (
    <Dialog
      title={t('bucket.new')}
      isBusy={make.isBusy}
      onClose={closeDialog}
      onSubmit={() => {
        if (isValid) void make.run();
      }}
      footer={
        <>
          <CloseOrStop work={make} />
          <Button size="large" variant="primary" type="submit" isDisabled={!isValid || make.isBusy}>
            {t('bucket.make')}
          </Button>
        </>
      }
    >
      <ErrorNote error={make.error} />
      {accounts.length > 1 ? (
        <Select
          label={t('bucket.account')}
          value={chosen}
          onChange={setChosen}
          options={accounts.map((each) => ({ value: each.name, title: each.name }))}
        />
      ) : null}
      <TextField
        label={t('bucket.name')}
        value={name}
        onChange={setName}
        help={t('bucket.name.help')}
        wrong={name.length < 3 || isValid ? undefined : t('bucket.name.wrong')}
        autoFocus
      />
    </Dialog>
  );
}

/** A bucket with something in it asks for its name to be typed. */
export function DeleteBucketDialog({ account, bucket }: { readonly account: string; readonly bucket: string }) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [isFull, setFull] = useState(false);
  const remove = async (signal: AbortSignal, onRemoved: (count: number) => void) => {
    try {
      if (isFull) {
        const everything = { account, bucket, prefix: '' };
        for await (const { removed } of engine().stream('object.removeBelow', everything, signal)) onRemoved(removed);
      }
      await engine().call('bucket.delete', { account, bucket }, signal);
    } catch (error) {
      // The first time it is a question rather than an error.
      if (isFull || !hasErrorCode(error, 'bucket-not-empty')) throw error;
      setFull(true);
      return 'ask';
    } finally {
      bucketChanged();
    }
    notify('done', t('bucket.deleted', { name: bucket }));
    const { place } = useApp.getState();
    if (place?.account === account && place.bucket === bucket) useApp.setState({ place: undefined });
    return undefined;
  };
  return (
    <RemovalDialog
      title={t('bucket.delete', { name: bucket })}
      button={t(isFull ? 'bucket.delete-all' : 'files.delete.do')}
      isReady={!isFull || typed === bucket}
      work={remove}
    >
      {isFull ? (
        <>
          <WarningNote>
            <p>{t('bucket.not-empty')}</p>
          </WarningNote>
          <TextField label={t('bucket.type-name', { name: bucket })} value={typed} onChange={setTyped} autoFocus />
        </>
      ) : (
        <p>{t('bucket.delete.text')}</p>
      )}
    </RemovalDialog>
  );
}
