import { FolderPlus, Pause, Play } from 'lucide-react';
import { engine } from '../engine/engine.ts';
import { useText } from '../i18n/index.ts';
import { useStateText } from '../shell/FolderList.tsx';
import { attempt } from '../store/attempt.ts';
import { openDialog, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import type { FolderStatus } from '../../src/api/index.ts';
import { Setting } from './Settings.tsx';

export function FolderSettings() {
  const t = useText();
  const folders = useApp((state) => state.status?.folders) ?? [];
  return (
    <>
      {folders.map((status) => (
        <Folder key={status.folder.id} status={status} />
      ))}
      <Setting title={folders.length === 0 ? t('side.no-folders') : ''}>
        <Button icon={FolderPlus} onPress={() => openDialog({ kind: 'add-folder' })}>
          {t('side.add-folder')}
        </Button>
      </Setting>
    </>
  );
}

function Folder({ status }: { readonly status: FolderStatus }) {
  const t = useText();
  const state = useStateText(status);
  const { id, localRoot, account, bucket, prefix, mode, paused } = status.folder;
  return (
    <Setting
      title={localRoot}
      help={
        <>
          <p>{`${account} · ${bucket}/${prefix} · ${t(`mode.${mode}`)}`}</p>
          <p>{state}</p>
        </>
      }
    >
      <Button
        icon={paused ? Play : Pause}
        onPress={() => attempt('', () => engine().call(paused ? 'folder.resume' : 'folder.pause', { id }))}
      >
        {t(paused ? 'common.resume' : 'common.pause')}
      </Button>
      <Button onPress={() => openDialog({ kind: 'remove-folder', id, localRoot })}>{t('side.stop-syncing')}</Button>
    </Setting>
  );
}
