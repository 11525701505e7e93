import { Download, FolderOpen, History, Info, Link, Pencil, Share2, Trash2 } from 'lucide-react';
import type { ItemState, PageItem } from '../../../src/api/index.ts';
import { bridge } from '../../engine/engine.ts';
import { useText } from '../../i18n/index.ts';
import { attempt } from '../../store/attempt.ts';
import { goTo, notify, openDialog } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { fileName, itemName } from './names.ts';

export interface FileActions {
  readonly open: (item: PageItem) => void;
  readonly download: (items: readonly PageItem[]) => void;
  readonly share: (item: PageItem) => void;
  readonly rename: (item: PageItem) => void;
  readonly remove: (items: readonly PageItem[]) => void;
  readonly properties: (item: PageItem) => void;
  /** Of an object the dialog of its versions, of a folder that of what it was. */
  readonly history: (item: PageItem) => void;
}

/** What can be done with items of a place. */
export function useFileActions(place: Place, states: ReadonlyMap<string, ItemState>): FileActions {
  const t = useText();
  // The listing may be older than what is known of how the file stands.
  const isThere = ({ kind, key }: PageItem) => kind !== 'planned' || states.get(key)?.state === 'in-sync';
  const tellWaiting = ({ key }: PageItem) =>
    notify('failed', t('files.not-there-yet', { name: itemName(key) }), t('files.not-there-yet.advice'));
  const { account, bucket } = place;
  const actions: FileActions = {
    open: (item) => {
      if (item.kind === 'prefix') goTo({ ...place, prefix: item.key });
      else if (item.kind === 'object') actions.properties(item);
    },
    download: (items) => {
      for (const { key } of items.filter(isObject)) {
        attempt(t('files.download-begun', { name: fileName(key) }), () => bridge().download({ account, bucket, key }));
      }
    },
    share: ({ key }) => openDialog({ kind: 'share', place, objectKey: key, upload: false }),
    rename: (item) => {
      if (!isThere(item)) tellWaiting(item);
      else openDialog({ kind: item.kind === 'prefix' ? 'rename-folder' : 'rename', place, objectKey: item.key });
    },
    remove: (items) => {
      const there = items.filter(isThere);
      const [waiting] = items;
      if (there.length > 0) openDialog({ kind: 'delete', place, items: there });
      else if (waiting !== undefined) tellWaiting(waiting);
    },
    properties: ({ key }) => openDialog({ kind: 'properties', place, objectKey: key }),
    history: ({ kind, key }) =>
      kind === 'prefix'
        ? openDialog({ kind: 'restore-at', place: { ...place, prefix: key } })
        : openDialog({ kind: 'versions', place, objectKey: key }),
  };
  return actions;
}

export function useFileMenu(
  actions: FileActions,
  keepsVersions: boolean,
): (items: readonly PageItem[]) => readonly MenuEntry[] {
  const t = useText();
  return (items) => {
    const [item] = items;
    if (item === undefined) return [];
    const isOne = items.length === 1;
    const isPlanned = items.every(({ kind }) => kind === 'planned');
    const onlyOne = isOne ? undefined : t('common.why-not.one');
    const onlyThere = isPlanned ? t('files.why-not.planned') : undefined;
    const onlyFiles = items.some(({ kind }) => kind === 'prefix')
      ? t('files.why-not.folder')
      : items.every(isObject)
        ? undefined
        : t('files.why-not.planned');
    return [
      ...(isOne && item.kind === 'prefix'
        ? [
            {
              id: 'open',
              label: t('files.open'),
              icon: FolderOpen,
              shortcut: t('key.enter'),
              onAction: () => actions.open(item),
            } as const,
          ]
        : []),
      {
        id: 'download',
        label: t('files.download'),
        icon: Download,
        whyNot: onlyFiles,
        onAction: () => actions.download(items),
      },
      {
        id: 'share',
        label: t('files.share'),
        icon: Share2,
        whyNot: onlyOne,
        onAction: () => actions.share(item),
      },
      'line',
      {
        id: 'rename',
        label: t('files.rename'),
        icon: Pencil,
        shortcut: 'F2',
        whyNot: onlyOne ?? onlyThere,
        onAction: () => actions.rename(item),
      },
      ...(keepsVersions && isOne && item.kind !== 'planned'
        ? [
            {
              id: 'history',
              label: t(item.kind === 'prefix' ? 'files.restore-at' : 'files.show-versions'),
              icon: History,
              onAction: () => actions.history(item),
            } as const,
          ]
        : []),
      {
        id: 'copy',
        label: t('files.copy-key'),
        icon: Link,
        whyNot: onlyOne,
        onAction: () => attempt(t('files.key-copied'), () => navigator.clipboard.writeText(item.key)),
      },
      {
        id: 'properties',
        label: t('files.properties'),
        icon: Info,
        whyNot: onlyOne ?? onlyFiles,
        onAction: () => actions.properties(item),
      },
      'line',
      {
        id: 'delete',
        label: t('files.delete'),
        icon: Trash2,
        tone: 'bad',
        shortcut: t('key.delete'),
        whyNot: onlyThere,
        onAction: () => actions.remove(items),
      },
    ];
  };
}

export function isObject(item: PageItem): item is Extract<PageItem, { kind: 'object' }> {
  return item.kind === 'object';
}
