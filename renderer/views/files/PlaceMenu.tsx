import { Ellipsis, History, Info, Trash } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import type { VersioningState } from '../../../src/api/index.ts';
import { useText } from '../../i18n/index.ts';
import { openDialog, useApp } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import { MenuButton } from '../../ui/Menu.tsx';

/** What concerns a place as a whole, beside what the toolbar has. */
export function PlaceMenu({
  place,
  versioning,
}: {
  readonly place: Place;
  /** Undefined while that is not known. */
  readonly versioning: VersioningState | undefined;
}) {
  const t = useText();
  const { account, bucket } = place;
  const folderIds = useFoldersAt(place);
  const entries = [
    {
      id: 'restore-at',
      label: t('files.restore-at'),
      icon: History,
      whyNot:
        versioning === undefined || versioning === 'off'
          ? t(`files.why-not.versions.${versioning ?? 'unknown'}`)
          : undefined,
      onAction: () => openDialog({ kind: 'restore-at', place }),
    },
    {
      id: 'trash',
      label: t('files.trash'),
      icon: Trash,
      whyNot: folderIds.length === 0 ? t('files.why-not.no-folder') : undefined,
      onAction: () => openDialog({ kind: 'trash', name: bucket, folderIds }),
    },
    'line',
    {
      id: 'bucket',
      label: t('files.bucket'),
      icon: Info,
      onAction: () => openDialog({ kind: 'bucket', account, bucket }),
    },
  ] as const;
  return (
    <MenuButton label={t('files.more')} entries={entries}>
      <AriaButton className="button" data-variant="quiet" data-icon-only="" aria-label={t('files.more')}>
        <Ellipsis className="icon" aria-hidden />
      </AriaButton>
    </MenuButton>
  );
}

/** The synced folders of which something is in this place, or that it is in. */
function useFoldersAt({ account, bucket, prefix }: Place): readonly string[] {
  const folders = useApp((state) => state.status?.folders) ?? [];
  return folders.flatMap(({ folder }) => {
    if (folder.account !== account || folder.bucket !== bucket) return [];
    return folder.prefix.startsWith(prefix) || prefix.startsWith(folder.prefix) ? [folder.id] : [];
  });
}
