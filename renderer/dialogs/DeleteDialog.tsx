import type { PageItem } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, notify } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { nameOf } from '../views/files/names.ts';
import { RemovalDialog } from './RemovalDialog.tsx';

/** Asks before objects go. */
export function DeleteDialog({ place, items }: { readonly place: Place; readonly items: readonly PageItem[] }) {
  const t = useText();
  const { number } = useFormats();
  const [first] = items;
  const name = first === undefined ? '' : nameOf(first, place);
  const hasFolder = items.some(({ kind }) => kind === 'prefix');
  return (
    <RemovalDialog
      title={
        items.length === 1
          ? t('delete.one', { name })
          : t('delete.many', { count: items.length, files: number(items.length) })
      }
      button={t('files.delete.do')}
      work={async (signal, onRemoved) => {
        try {
          const gone = await removeAll(place, items, signal, onRemoved);
          notify('done', t('delete.done', { count: gone, files: number(gone) }));
        } finally {
          bucketChanged();
        }
      }}
    >
      <p>{t(items.length > 1 ? 'delete.many.text' : hasFolder ? 'delete.folder.text' : 'delete.text')}</p>
      <p className="muted">{t('delete.versions')}</p>
    </RemovalDialog>
  );
}

/** @returns how many objects are gone. */
async function removeAll(
  { account, bucket }: Place,
  items: readonly PageItem[],
  signal: AbortSignal,
  onRemoved: (count: number) => void,
): Promise<number> {
  let gone = 0;
  onRemoved(gone);
  for (const { kind, key } of items) {
    signal.throwIfAborted();
    if (kind === 'prefix') {
      let below = 0;
      for await (const { removed } of engine().stream('object.removeBelow', { account, bucket, prefix: key }, signal)) {
        below = removed;
        onRemoved(gone + below);
      }
      gone += below;
    } else {
      await engine().call('object.remove', { account, bucket, key }, signal);
      onRemoved(++gone);
    }
  }
  return gone;
}
