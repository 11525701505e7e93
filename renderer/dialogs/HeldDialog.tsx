import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';
import { useHoldText } from '../views/problems/hold-text.ts';
import type { FolderStatus } from '../../src/api/index.ts';
import { PlanPreview } from './PlanPreview.tsx';

/** What a held plan would do, and the word that lets it go on. */
export function HeldDialog({ folderId }: { readonly folderId: string }) {
  const status = useApp((state) => state.status?.folders.find(({ folder }) => folder.id === folderId));
  return status === undefined ? null : <Held status={status} />;
}

function Held({ status }: { readonly status: FolderStatus }) {
  const t = useText();
  const text = useHoldText(status);
  const { id, localRoot } = status.folder;
  const approve = useAction(async () => {
    await engine().call('folder.approve', { id });
    notify('done', t('held.approved'));
    closeDialog();
  });
  return (
    <Dialog
      title={t('held.title', { name: localRoot })}
      size="wide"
      isBusy={approve.isBusy}
      onClose={closeDialog}
      footer={
        <>
          <Button
            size="large"
            onPress={() => {
              attempt(t('side.paused'), () => engine().call('folder.pause', { id }));
              closeDialog();
            }}
          >
            {t('held.pause')}
          </Button>
          <Button size="large" autoFocus onPress={closeDialog}>
            {t('held.later')}
          </Button>
          <Button size="large" variant="danger" isDisabled={approve.isBusy} onPress={() => void approve.run()}>
            {t('held.approve')}
          </Button>
        </>
      }
    >
      <ErrorNote error={approve.error} />
      <WarningNote>
        <p>{text}</p>
      </WarningNote>
      <p className="muted">{t('held.text')}</p>
      <PlanPreview folderId={id} />
    </Dialog>
  );
}
