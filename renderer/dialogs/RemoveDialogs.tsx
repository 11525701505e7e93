import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';

export function RemoveFolderDialog({ id, localRoot }: { readonly id: string; readonly localRoot: string }) {
  const t = useText();
  return (
    <RemoveDialog
      title={t('remove-folder.title', { name: localRoot })}
      text={t('remove-folder.text')}
      button={t('side.stop-syncing')}
      work={async () => {
        await engine().call('folder.remove', { id });
        notify('done', t('remove-folder.done'));
      }}
    />
  );
}

export function RemoveAccountDialog({ account }: { readonly account: string }) {
  const t = useText();
  return (
    <RemoveDialog
      title={t('remove-account.title', { name: account })}
      text={t('remove-account.text')}
      button={t('side.remove-account')}
      work={async () => {
        await engine().call('account.remove', { name: account });
        if (useApp.getState().place?.account === account) useApp.setState({ place: undefined });
        notify('done', t('remove-account.done', { name: account }));
      }}
    />
  );
}

function RemoveDialog({
  title,
  text,
  button,
  work,
}: {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly work: () => Promise<void>;
}) {
  const t = useText();
  const remove = useAction(async () => {
    await work();
    await refreshConfiguration();
    closeDialog();
  });
  return (
    <Dialog
      title={title}
      isAlert
      isBusy={remove.isBusy}
      onClose={closeDialog}
      onSubmit={() => void remove.run()}
      footer={
        <>
          <Button size="large" autoFocus onPress={closeDialog}>
            {t('common.cancel')}
          </Button>
          <Button size="large" variant="danger" type="submit" isDisabled={remove.isBusy}>
            {button}
          </Button>
        </>
      }
    >
      <ErrorNote error={remove.error} />
      <p>{text}</p>
    </Dialog>
  );
}
