import { ChevronRight, Database, Ellipsis, Folder, Info, KeyRound, Plus, RotateCw, Server, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button as AriaButton, Collection, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import { useErrorText } from '../i18n/error-text.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, goTo, openDialog, placeId, useApp } from '../store/store.ts';
import { IconButton } from '../ui/Button.tsx';
import { MenuButton, type MenuEntry } from '../ui/Menu.tsx';
import { useTreeData, type TreeNode } from './tree-data.ts';

const ICONS = { account: Server, bucket: Database, prefix: Folder } as const;

/** Accounts with their buckets, and what is in them, opened level by level. */
export function AccountTree() {
  const t = useText();
  const textOf = useErrorText();
  const accounts = useApp((state) => state.accounts) ?? [];
  const place = useApp((state) => state.place);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(
    () => new Set(accounts.map(({ name }) => JSON.stringify([name]))),
  );
  const words = useMemo(
    () => ({
      loading: t('common.loading'),
      empty: t('side.empty'),
      errorOf: (error: Parameters<typeof textOf>[0]) => textOf(error).message,
    }),
    [t, textOf],
  );
  const nodes = useTreeData(accounts, expanded, words);
  const byId = useMemo(() => flatten(nodes), [nodes]);
  // Moving through the tree with the keyboard selects, and shows what is selected.
  const show = (id: string) => {
    const place = byId.get(id)?.place;
    if (place !== undefined) goTo(place);
  };
  const act = (id: string) => {
    const node = byId.get(id);
    if (node?.kind === 'error') bucketChanged();
    else if (node !== undefined) setExpanded((old) => toggled(old, id));
  };
  return (
    <Tree
      className="tree"
      aria-label={t('side.accounts')}
      items={nodes}
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={place === undefined ? [] : [placeId(place)]}
      expandedKeys={expanded}
      onExpandedChange={(keys) => setExpanded(new Set([...keys].map(String)))}
      onSelectionChange={(keys) => {
        if (keys !== 'all') for (const key of keys) show(String(key));
      }}
      onAction={(key) => act(String(key))}
    >
      {(node) => <Node node={node} depth={0} />}
    </Tree>
  );
}

function Node({ node, depth }: { readonly node: TreeNode; readonly depth: number }) {
  const t = useText();
  const Icon = node.kind in ICONS ? ICONS[node.kind as keyof typeof ICONS] : undefined;
  const menu = useNodeMenu(node);
  return (
    <TreeItem id={node.id} textValue={node.name} className="tree-item">
      <TreeItemContent>
        <div className="tree-row" style={{ '--depth': depth } as React.CSSProperties}>
          {node.children.length === 0 ? (
            <span className="chevron" />
          ) : (
            <AriaButton slot="chevron" className="chevron">
              <ChevronRight aria-hidden />
            </AriaButton>
          )}
          {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
          <span className={`spread ellipsis${Icon === undefined ? ' muted' : ''}`} title={node.name}>
            {node.name}
          </span>
          {menu.length === 0 ? null : (
            <MenuButton label={t('side.actions', { name: node.name })} entries={menu}>
              <IconButton icon={Ellipsis} label={t('side.actions', { name: node.name })} />
            </MenuButton>
          )}
        </div>
      </TreeItemContent>
      <Collection items={node.children}>{(child) => <Node node={child} depth={depth + 1} />}</Collection>
    </TreeItem>
  );
}

function useNodeMenu({ kind, account, name }: TreeNode): readonly MenuEntry[] {
  const t = useText();
  if (kind === 'account') {
    return [
      {
        id: 'new',
        label: t('side.add-bucket'),
        icon: Plus,
        onAction: () => openDialog({ kind: 'new-bucket', account }),
      },
      { id: 'reload', label: t('common.reload'), icon: RotateCw, onAction: bucketChanged },
      {
        id: 'change',
        label: t('account.change'),
        icon: KeyRound,
        onAction: () => openDialog({ kind: 'edit-account', account }),
      },
      'line',
      {
        id: 'remove',
        label: t('side.remove-account'),
        icon: Trash2,
        tone: 'bad',
        onAction: () => openDialog({ kind: 'remove-account', account }),
      },
    ];
  }
  if (kind !== 'bucket') return [];
  return [
    {
      id: 'sync',
      label: t('side.sync-bucket'),
      icon: Plus,
      onAction: () => openDialog({ kind: 'add-folder', account, bucket: name }),
    },
    {
      id: 'properties',
      label: t('files.bucket'),
      icon: Info,
      onAction: () => openDialog({ kind: 'bucket', account, bucket: name }),
    },
    'line',
    {
      id: 'delete',
      label: t('side.delete-bucket'),
      icon: Trash2,
      tone: 'bad',
      onAction: () => openDialog({ kind: 'delete-bucket', account, bucket: name }),
    },
  ];
}

function flatten(nodes: readonly TreeNode[]): Map<string, TreeNode> {
  const all = new Map<string, TreeNode>();
  const take = (node: TreeNode) => {
    all.set(node.id, node);
    for (const child of node.children) take(child);
  };
  for (const node of nodes) take(node);
  return all;
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
