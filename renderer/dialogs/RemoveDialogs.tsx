import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import type { FolderFiles } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { fileName } from '../views/files/names.ts';

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

/** A transfer that is called off loses what was sent of it. */
export function CancelTransfersDialog({ files }: { readonly files: readonly FolderFiles[] }) {
  const t = useText();
  const { number } = useFormats();
  const count = files.reduce((sum, { paths }) => sum + paths.length, 0);
  const name = files[0]?.paths[0] ?? '';
  return (
    <RemoveDialog
      title={
        count === 1
          ? t('cancel-transfers.one', { name: fileName(name) })
          : t('cancel-transfers.many', { count, files: number(count) })
      }
      text={t('cancel-transfers.text')}
      button={t('cancel-transfers.button')}
      keep={t('cancel-transfers.keep')}
      work={async () => {
        for (const { folderId, paths } of files) await engine().call('transfer.cancel', { folderId, path: paths });
      }}
    />
  );
}

function RemoveDialog({
  title,
  text,
  button,
  keep,
  work,
}: {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  /** Of the button that leaves everything as it is. */
  readonly keep?: string;
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
            {keep ?? t('common.cancel')}
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
