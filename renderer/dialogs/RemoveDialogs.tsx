import { engine } from '../engine/engine.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { notify, useApp } from '../store/store.ts';
import type { FolderFiles } from '../store/types.ts';
import { fileName } from '../views/files/names.ts';
import { RemovalDialog } from './RemovalDialog.tsx';

export function RemoveFolderDialog({ id, localRoot }: { readonly id: string; readonly localRoot: string }) {
  const t = useText();
  return (
    <RemovalDialog
      title={t('remove-folder.title', { name: localRoot })}
      button={t('remove-folder.button')}
      work={async () => {
        await engine().call('folder.remove', { id });
        await refreshConfiguration();
        notify('done', t('remove-folder.done'));
      }}
    >
      <p>{t('remove-folder.text')}</p>
    </RemovalDialog>
  );
}

export function RemoveAccountDialog({ account }: { readonly account: string }) {
  const t = useText();
  return (
    <RemovalDialog
      title={t('remove-account.title', { name: account })}
      button={t('remove-account.button')}
      work={async () => {
        await engine().call('account.remove', { name: account });
        if (useApp.getState().place?.account === account) useApp.setState({ place: undefined });
        await refreshConfiguration();
        notify('done', t('remove-account.done', { name: account }));
      }}
    >
      <p>{t('remove-account.text')}</p>
    </RemovalDialog>
  );
}

/** A transfer that is called off loses what was sent of it. */
export function CancelTransfersDialog({ files }: { readonly files: readonly FolderFiles[] }) {
  const t = useText();
  const { number } = useFormats();
  const count = files.reduce((sum, { paths }) => sum + paths.length, 0);
  const name = files[0]?.paths[0] ?? '';
  return (
    <RemovalDialog
      title={
        count === 1
          ? t('cancel-transfers.one', { name: fileName(name) })
          : t('cancel-transfers.many', { count, files: number(count) })
      }
      button={t('cancel-transfers.button')}
      keep={t('cancel-transfers.keep')}
      work={async () => {
        for (const { folderId, paths } of files) await engine().call('transfer.cancel', { folderId, path: paths });
      }}
    >
      <p>{t('cancel-transfers.text')}</p>
    </RemovalDialog>
  );
}
