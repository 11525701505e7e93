import './select.css';
import { useState } from 'react';
import type { FolderInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useStoppable } from '../../engine/use-stoppable.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { nameOfPath } from '../../store/folder-names.ts';
import { closeDialog, notify, useApp } from '../../store/store.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Loading } from '../../ui/Empty.tsx';
import { ErrorNote, WarningNote } from '../../ui/ErrorNote.tsx';
import { CloseOrStop } from '../CloseOrStop.tsx';
import { EVERYTHING, keep, keptBytes, leaveOut, shareOf, type Kept } from './kept.ts';
import { SelectLevel } from './SelectLevel.tsx';
import { useLevels } from './use-levels.ts';

/** Which part of a folder is kept on this computer. */
export function SelectDialog({ folderId }: { readonly folderId: string }) {
  const folder = useApp((state) => state.status?.folders.find((status) => status.folder.id === folderId)?.folder);
  return folder === undefined ? null : <Select folder={folder} />;
}

function Select({ folder }: { readonly folder: FolderInfo }) {
  const t = useText();
  const { size } = useFormats();
  const tree = useLevels(folder.id);
  const before = folder.chosen ?? EVERYTHING;
  const [kept, setKept] = useState<Kept>(before);
  // Of what is not on this computer the server is asked, which may be away.
  const save = useStoppable(async (signal) => {
    const all = shareOf(kept, '') === 'all';
    await engine().call('folder.select', { id: folder.id, paths: all ? null : [...kept] }, signal);
    notify('done', t('select.saved'));
    closeDialog();
  });
  const change = (paths: readonly string[], isKept: boolean) =>
    setKept((old) => (isKept ? keep(old, paths) : leaveOut(old, paths, tree.levels)));
  const bytes = keptBytes(kept, '', tree.levels, tree.sizes);
  const isChanged = JSON.stringify([...kept].sort()) !== JSON.stringify([...before].sort());
  const takesAway = kept.length > 0 && before.some((path) => shareOf(kept, path) !== 'all');
  const canSave = isChanged && kept.length > 0 && !save.isBusy;
  return (
    <Dialog
      title={t('select.title', { name: nameOfPath(folder.localRoot) })}
      size="wide"
      isBusy={save.isBusy}
      onClose={closeDialog}
      onSubmit={() => {
        if (canSave) void save.run();
      }}
      footer={
        <>
          <span className="spread muted numeric" role="status">
            {kept.length === 0
              ? t('select.nothing')
              : bytes === undefined
                ? t('select.counting')
                : t('select.sum', { bytes: size(bytes) })}
          </span>
          <CloseOrStop work={save} />
          <Button size="large" variant="primary" type="submit" isDisabled={!canSave}>
            {t('common.apply')}
          </Button>
        </>
      }
    >
      <ErrorNote error={save.error ?? tree.error} />
      <p>{t('select.text')}</p>
      <div className="select-tree" role="group" aria-label={t('select.tree')}>
        {tree.levels.has('') ? (
          <SelectLevel tree={tree} kept={kept} path="" onChange={change} />
        ) : tree.error === undefined ? (
          <Loading text={t('files.loading')} />
        ) : null}
      </div>
      {takesAway ? (
        <WarningNote>
          <p>{t('select.takes-away')}</p>
        </WarningNote>
      ) : null}
      <p className="muted">{t('select.parts')}</p>
    </Dialog>
  );
}
