import { useRef, useState } from 'react';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify } from '../store/store.ts';
import type { Leftover } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';

/** Asks before unfinished uploads are given up, and shows how far it is. */
export function LeftoversDialog({ leftovers }: { readonly leftovers: readonly Leftover[] }) {
  const t = useText();
  const { number } = useFormats();
  const [removed, setRemoved] = useState(0);
  const stop = useRef(new AbortController());
  const counted = (count: number) => ({ count, files: number(count) });
  const remove = useAction(async () => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    try {
      for (const [index, { account, bucket, upload }] of leftovers.entries()) {
        const { key, uploadId } = upload;
        await engine().call('upload.abort', { account, bucket, key, uploadId }, signal);
        setRemoved(index + 1);
      }
    } finally {
      bucketChanged();
    }
    notify('done', t('leftovers.done', counted(leftovers.length)));
    closeDialog();
  });
  return (
    <Dialog
      title={t('leftovers.title', counted(leftovers.length))}
      isAlert
      isBusy={remove.isBusy}
      onClose={closeDialog}
      onSubmit={() => void remove.run()}
      footer={
        <>
          <Button
            size="large"
            autoFocus
            onPress={() => {
              if (remove.isBusy) stop.current.abort(new DOMException('Cancelled', 'AbortError'));
              else closeDialog();
            }}
          >
            {t(remove.isBusy ? 'common.stop' : 'common.cancel')}
          </Button>
          <Button size="large" variant="danger" type="submit" isDisabled={remove.isBusy}>
            {t('leftovers.remove')}
          </Button>
        </>
      }
    >
      <ErrorNote error={remove.error} />
      <p>{t('leftovers.ask')}</p>
      {remove.isBusy ? <Loading text={t('delete.running', { files: number(removed) })} /> : null}
    </Dialog>
  );
}
