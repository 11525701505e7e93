import { Ellipsis, ListChecks, Pause, Play, Trash, Trash2, TriangleAlert, FolderOpen, RotateCw } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import type { FolderStatus } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { nameOfPath } from '../store/folder-names.ts';
import { goTo, openDialog, openView, useApp } from '../store/store.ts';
import { setAsideOf, shareDone } from '../store/totals.ts';
import { attempt } from '../store/attempt.ts';
import { IconButton } from '../ui/Button.tsx';
import { MenuButton, type MenuEntry } from '../ui/Menu.tsx';
import { StateMark } from '../ui/StateMark.tsx';

/** The synced folders, each with what it does. */
export function FolderList() {
  const t = useText();
  const folders = useApp((state) => state.status?.folders);
  if (folders === undefined || folders.length === 0) return <p className="side-hint">{t('side.no-folders')}</p>;
  return (
    <ul>
      {folders.map((status) => (
        <li key={status.folder.id}>
          <FolderRow status={status} />
        </li>
      ))}
    </ul>
  );
}

function FolderRow({ status }: { readonly status: FolderStatus }) {
  const t = useText();
  const state = useStateText(status);
  const { folder } = status;
  return (
    <div className="folder-row">
      <StateMark state={status.state} text={state} title={state} />
      <AriaButton
        className="open"
        onPress={() => goTo({ account: folder.account, bucket: folder.bucket, prefix: folder.prefix })}
      >
        <span className="ellipsis" style={{ display: 'block' }}>
          {nameOfPath(folder.localRoot)}
        </span>
        <span className="where ellipsis">{state}</span>
      </AriaButton>
      <MenuButton
        label={t('side.folder-actions', { name: nameOfPath(folder.localRoot) })}
        entries={useFolderMenu(status)}
      >
        <IconButton icon={Ellipsis} label={t('side.folder-actions', { name: nameOfPath(folder.localRoot) })} />
      </MenuButton>
    </div>
  );
}

/** What a folder does, in a few words. */
export function useStateText({
  state,
  planned,
  done,
  filesInSync,
  code,
  reason,
  advice,
  filesScanned,
  setAside,
}: FolderStatus): string {
  const t = useText();
  const { number, percent } = useFormats();
  const textOf = useErrorText();
  const aside = setAsideOf(setAside);
  const left = Math.max(0, planned.files - done.files);
  switch (state) {
    case 'syncing':
      return planned.files === 0
        ? t('folder.syncing')
        : t('folder.syncing-files', {
            count: left,
            left: number(left),
            percent: percent(shareDone({ planned, done })),
          });
    case 'comparing':
      return filesScanned === 0
        ? t('folder.comparing')
        : t('folder.comparing-files', { count: filesScanned, files: number(filesScanned) });
    case 'in-sync':
      return aside === 0
        ? t('folder.in-sync', { count: filesInSync, files: number(filesInSync) })
        : t('folder.set-aside', { aside: number(aside), files: number(filesInSync) });
    case 'stopped':
      return reason === '' ? t(`folder.${state}`) : textOf({ code, message: reason, advice, detail: '' }).message;
    default:
      return t(`folder.${state}`);
  }
}

function useFolderMenu({ folder, state }: FolderStatus): readonly MenuEntry[] {
  const t = useText();
  const { id, account, bucket, prefix, localRoot } = folder;
  return [
    {
      id: 'open',
      label: t('side.show-in-bucket'),
      icon: FolderOpen,
      onAction: () => goTo({ account, bucket, prefix }),
    },
    folder.paused
      ? {
          id: 'resume',
          label: t('common.resume'),
          icon: Play,
          onAction: () => attempt(t('side.resumed'), () => engine().call('folder.resume', { id })),
        }
      : {
          id: 'pause',
          label: t('common.pause'),
          icon: Pause,
          onAction: () => attempt(t('side.paused'), () => engine().call('folder.pause', { id })),
        },
    {
      id: 'retry',
      label: t('side.check-now'),
      icon: RotateCw,
      whyNot: folder.paused ? t('side.why-not.paused') : undefined,
      onAction: () => attempt(t('side.checking'), () => engine().call('transfer.retry', { folderId: id })),
    },
    ...(state === 'held'
      ? [
          {
            id: 'held',
            label: t('held.look'),
            icon: TriangleAlert,
            onAction: () => openDialog({ kind: 'held', folderId: id }),
          } as const,
        ]
      : []),
    // From a folder that only uploads, nothing is ever removed.
    ...(folder.mode === 'upload'
      ? []
      : [
          {
            id: 'select',
            label: t('select.open'),
            icon: ListChecks,
            onAction: () => openDialog({ kind: 'select', folderId: id }),
          } as const,
        ]),
    {
      id: 'trash',
      label: t('files.trash'),
      icon: Trash,
      onAction: () => openDialog({ kind: 'trash', name: nameOfPath(localRoot), folderIds: [id] }),
    },
    { id: 'problems', label: t('side.show-problems'), icon: TriangleAlert, onAction: () => openView('problems') },
    'line',
    {
      id: 'remove',
      label: t('side.stop-syncing'),
      icon: Trash2,
      tone: 'bad',
      onAction: () => openDialog({ kind: 'remove-folder', id, localRoot }),
    },
  ];
}
