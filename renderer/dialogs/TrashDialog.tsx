import { Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { TrashItem } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useItems, type Items } from '../engine/use-answer.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { useNow } from '../i18n/use-now.ts';
import { bucketChanged, closeDialog, notify, openDialog } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Empty, Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { SearchField } from '../ui/Field.tsx';
import { VirtualGrid } from '../ui/grid/VirtualGrid.tsx';
import { CloseOrStop } from './CloseOrStop.tsx';
import { trashColumns } from './trash-columns.tsx';

/** The command line shows the others too. */
const MOST_ITEMS = 20_000;

const keyOf = ({ folderId, entry, place }: TrashItem) => `${folderId}/${place}/${entry}`;
const nameOf = ({ path }: TrashItem) => path;

/** What syncing deleted and replaced, on this computer and in the bucket, and the way back. */
export function TrashDialog({ name, folderIds }: { readonly name: string; readonly folderIds: readonly string[] }) {
  const t = useText();
  const formats = useFormats();
  const nowMs = useNow(10_000);
  const trash = useItems(folderIds.join(), MOST_ITEMS, (signal) => trashOf(folderIds, signal));
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState<readonly TrashItem[]>([]);
  const [left, setLeft] = useState(0);
  const shown = useMemo(() => {
    const text = wanted.trim().toLowerCase();
    return text === '' ? trash.items : trash.items.filter(({ path }) => path.toLowerCase().includes(text));
  }, [trash.items, wanted]);
  const bytes = trash.items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const columns = useMemo(() => trashColumns({ t, formats, nowMs }), [t, formats, nowMs]);
  const restore = useStoppable(async (signal, items: readonly TrashItem[]) => {
    let beside = 0;
    try {
      for (const [index, { folderId, entry }] of items.entries()) {
        signal.throwIfAborted();
        setLeft(items.length - index);
        const { isBeside } = await engine().call('trash.restore', { id: folderId, entry });
        if (isBeside) beside += 1;
      }
    } finally {
      setLeft(0);
      bucketChanged();
      trash.reload();
    }
    const counted = { count: items.length, files: formats.number(items.length) };
    notify('done', t(beside > 0 ? 'trash.restored-beside' : 'trash.restored', counted));
  });
  // A second Enter would restore the same once more, beside itself.
  const putBack = (items: readonly TrashItem[]) => {
    if (!restore.isBusy) void restore.run(items);
  };
  return (
    <Dialog
      title={t('trash.title', { name })}
      size="large"
      isBusy={restore.isBusy}
      onClose={closeDialog}
      footer={
        <>
          <Button
            size="large"
            icon={Trash2}
            isDisabled={restore.isBusy || trash.items.length === 0}
            onPress={() => openDialog({ kind: 'empty-trash', name, folderIds })}
          >
            {t('trash.empty')}
          </Button>
          <span className="spread muted numeric" role="status">
            {left > 0
              ? t('trash.left', { files: formats.number(left) })
              : t(trash.hasMore ? 'trash.sum-more' : 'trash.sum', {
                  count: trash.items.length,
                  files: formats.number(trash.items.length),
                  bytes: formats.size(bytes),
                })}
          </span>
          <CloseOrStop work={restore} close={t('common.close')} />
          <Button
            size="large"
            variant="primary"
            icon={Undo2}
            isDisabled={restore.isBusy || chosen.length === 0}
            onPress={() => putBack(chosen)}
          >
            {t('trash.restore')}
          </Button>
        </>
      }
    >
      <ErrorNote error={restore.error ?? trash.error} />
      <div className="row wrap">
        <p className="spread muted">{t('trash.text')}</p>
        <SearchField label={t('trash.search')} value={wanted} onChange={setWanted} />
      </div>
      <div className="dialog-grid">
        <VirtualGrid
          label={t('trash.list')}
          columns={columns}
          rows={shown}
          keyOf={keyOf}
          nameOf={nameOf}
          onOpen={(item) => putBack([item])}
          onSelection={setChosen}
          menuLabel={t('files.actions')}
          menu={(items) => [{ id: 'restore', label: t('trash.restore'), icon: Undo2, onAction: () => putBack(items) }]}
          empty={<Nothing trash={trash} wanted={wanted} />}
        />
      </div>
    </Dialog>
  );
}

function Nothing({ trash, wanted }: { readonly trash: Items<TrashItem>; readonly wanted: string }) {
  const t = useText();
  if (trash.error !== undefined) return null;
  if (!trash.isComplete) return <Loading text={t('trash.loading')} />;
  if (wanted !== '') return <Empty icon={Trash2} title={t('trash.not-found', { text: wanted })} />;
  return <Empty icon={Trash2} title={t('trash.none')} text={t('trash.none.text')} />;
}

/** One folder after the other. What one of them fails with is told once the others are read. */
async function* trashOf(folderIds: readonly string[], signal: AbortSignal): AsyncGenerator<TrashItem, void, undefined> {
  let failure: unknown;
  for (const id of folderIds) {
    try {
      yield* engine().stream('trash.list', { id }, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure ??= error;
    }
  }
  // What the engine threw, for whoever shows it.
  if (failure !== undefined) throw failure as Error;
}
