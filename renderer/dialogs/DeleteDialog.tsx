import { useRef, useState } from 'react';
import type { PageItem } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { nameOf } from '../views/files/names.ts';

/** Asks before objects go, and shows how far it is. */
export function DeleteDialog({ place, items }: { readonly place: Place; readonly items: readonly PageItem[] }) {
  const t = useText();
  const { number } = useFormats();
  const [removed, setRemoved] = useState(0);
  const stop = useRef(new AbortController());
  const remove = useAction(async () => {
    const { account, bucket } = place;
    const end = new AbortController();
    stop.current = end;
    let gone = 0;
    try {
      for (const { kind, key } of items) {
        if (kind === 'prefix') {
          let below = 0;
          for await (const step of engine().stream(
            'object.removeBelow',
            { account, bucket, prefix: key },
            end.signal,
          )) {
            below = step.removed;
            setRemoved(gone + below);
          }
          gone += below;
        } else {
          end.signal.throwIfAborted();
          await engine().call('object.remove', { account, bucket, key }, end.signal);
          setRemoved(++gone);
        }
      }
      notify('done', t('delete.done', { count: gone, files: number(gone) }));
      closeDialog();
    } finally {
      bucketChanged();
    }
  });
  const [first] = items;
  const name = first === undefined ? '' : nameOf(first, place);
  const hasFolder = items.some(({ kind }) => kind === 'prefix');
  const title =
    items.length === 1
      ? t('delete.one', { name })
      : t('delete.many', { count: items.length, files: number(items.length) });
  return (
    <Dialog
      title={title}
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
            {t('files.delete')}
          </Button>
        </>
      }
    >
      <ErrorNote error={remove.error} />
      <p>{t(hasFolder ? 'delete.folder.text' : 'delete.text')}</p>
      <p className="muted">{t('delete.versions')}</p>
      {remove.isBusy ? <Loading text={t('delete.running', { files: number(removed) })} /> : null}
    </Dialog>
  );
}
