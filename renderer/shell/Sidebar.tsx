import { FolderPlus, HardDrive, Plus, Server } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { useText } from '../i18n/index.ts';
import { openDialog, useApp } from '../store/store.ts';
import { MenuButton } from '../ui/Menu.tsx';
import { AccountTree } from './AccountTree.tsx';
import { FolderList } from './FolderList.tsx';

/** Left: accounts with their buckets, and the synced folders. */
export function Sidebar() {
  const t = useText();
  const firstAccount = useApp((state) => state.accounts?.[0]?.name);
  const add = [
    { id: 'folder', label: t('side.add-folder'), icon: FolderPlus, onAction: () => openDialog({ kind: 'add-folder' }) },
    {
      id: 'bucket',
      label: t('side.add-bucket'),
      icon: HardDrive,
      whyNot: firstAccount === undefined ? t('side.why-not.no-account') : undefined,
      onAction: () => openDialog({ kind: 'new-bucket', account: firstAccount ?? '' }),
    },
    { id: 'account', label: t('side.add-account'), icon: Server, onAction: () => openDialog({ kind: 'add-account' }) },
  ];
  return (
    <nav className="side" aria-label={t('side.label')}>
      <header>
        <h1>{t('app.name')}</h1>
        <MenuButton label={t('side.add')} entries={add}>
          <AriaButton className="button" data-variant="quiet">
            <Plus className="icon" aria-hidden />
            <span className="label">{t('side.add')}</span>
          </AriaButton>
        </MenuButton>
      </header>
      <div className="side-scroll">
        <h2>{t('side.folders')}</h2>
        <FolderList />
        <h2>{t('side.accounts')}</h2>
        <AccountTree />
      </div>
    </nav>
  );
}
