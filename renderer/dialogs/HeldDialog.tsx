import { useState } from 'react';
import type { FolderStatus } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { nameOfPath } from '../store/folder-names.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';
import { useHoldText } from '../views/problems/hold-text.ts';
import { ShownPlan } from './PlanPreview.tsx';
import { usePreview } from './use-preview.ts';

/** What a held plan would do, and the word that lets it go on or undoes it. */
export function HeldDialog({ folderId }: { readonly folderId: string }) {
  const status = useApp((state) => state.status?.folders.find(({ folder }) => folder.id === folderId));
  return status === undefined ? null : <Held status={status} />;
}

function Held({ status }: { readonly status: FolderStatus }) {
  const t = useText();
  const { number } = useFormats();
  const text = useHoldText(status);
  const { id, localRoot } = status.folder;
  const [looks, setLooks] = useState(0);
  const preview = usePreview(id, 'plan.show', looks);
  const approve = useAction(async () => {
    if (preview.revision === undefined) return;
    await engine().call('plan.approve', { id, seen: preview.revision });
    notify('done', t('held.approved'));
    closeDialog();
  });
  const revert = useAction(async () => {
    const { paths } = await engine().call('plan.revert', { id });
    notify('done', t('held.reverted', { count: paths, files: number(paths) }));
    closeDialog();
  });
  const isBusy = approve.isBusy || revert.isBusy;
  const hasChanged = [approve.error, preview.error].some((error) => error?.code === 'plan-changed');
  const lookAgain = () => {
    approve.clear();
    setLooks(looks + 1);
  };
  return (
    <Dialog
      title={t('held.title', { name: nameOfPath(localRoot) })}
      size="wide"
      isBusy={isBusy}
      onClose={closeDialog}
      footer={
        <>
          <Button size="large" isDisabled={isBusy} onPress={() => void revert.run()}>
            {t('held.revert')}
          </Button>
          <span className="spread" />
          {hasChanged ? (
            <Button size="large" variant="primary" isDisabled={isBusy} onPress={lookAgain}>
              {t('held.look-again')}
            </Button>
          ) : null}
          <Button size="large" autoFocus isDisabled={isBusy} onPress={closeDialog}>
            {t('held.later')}
          </Button>
          {/* At a place of its own: who presses once too often to look has not said yes. */}
          <Button
            size="large"
            variant="danger"
            isDisabled={isBusy || hasChanged || !preview.isComplete}
            onPress={() => void approve.run()}
          >
            {t('held.approve')}
          </Button>
        </>
      }
    >
      <ErrorNote error={approve.error ?? revert.error} />
      <WarningNote>
        <p>{text}</p>
      </WarningNote>
      <p className="muted">{t('held.text')}</p>
      <ShownPlan preview={preview} />
    </Dialog>
  );
}
