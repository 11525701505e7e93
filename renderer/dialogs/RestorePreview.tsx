import { CircleX, Plus, RotateCcw, SplitSquareHorizontal, Trash2, Undo2, type LucideIcon } from 'lucide-react';
import type { RestoreItem } from '../../src/api/index.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { MOST_LISTED } from './keep-listed.ts';

type Total = Extract<RestoreItem, { kind: 'total' }>;
type Step = Exclude<RestoreItem, Total>;

const ICONS: Readonly<Record<Step['kind'], LucideIcon>> = {
  restore: RotateCcw,
  remove: Trash2,
  newer: Plus,
  changed: SplitSquareHorizontal,
  failed: CircleX,
};

/** "3 files come back, 14 MB. 2 that are newer stay. 120 are as they were." */
export function RestoreSentence({ total, atMs }: { readonly total: Total; readonly atMs: number }) {
  const t = useText();
  const { number, size, time } = useFormats();
  const { restoreObjects, restoreBytes, removeObjects, newerObjects, unchangedObjects } = total;
  const counted = (count: number) => ({ count, files: number(count) });
  if (restoreObjects + removeObjects + newerObjects === 0) return <>{t('restore.nothing', { time: time(atMs) })}</>;
  const parts = [
    ...(restoreObjects > 0
      ? [t('restore.part.restore', { ...counted(restoreObjects), bytes: size(restoreBytes) })]
      : [t('restore.part.none')]),
    ...(removeObjects > 0 ? [t('restore.part.remove', counted(removeObjects))] : []),
    ...(newerObjects > 0 ? [t('restore.part.newer', counted(newerObjects))] : []),
    ...(unchangedObjects > 0 ? [t('restore.part.unchanged', counted(unchangedObjects))] : []),
  ];
  return <>{t('restore.sentence', { parts: parts.join(t('plan.and')), time: time(atMs) })}</>;
}

/** What is to be done, path by path; what destroys first. */
export function RestoreList({ items, prefix }: { readonly items: readonly RestoreItem[]; readonly prefix: string }) {
  const t = useText();
  const of = (...kinds: readonly RestoreItem['kind'][]) =>
    items.filter((item): item is Step => kinds.includes(item.kind)).slice(0, MOST_LISTED);
  const listed = [...of('failed', 'changed'), ...of('remove'), ...of('restore'), ...of('newer')];
  if (listed.length === 0) return null;
  return (
    <ul className="plan-list" tabIndex={0} aria-label={t('restore.list')}>
      {listed.map((item) => (
        <Line key={item.key} item={item} prefix={prefix} />
      ))}
    </ul>
  );
}

function Line({ item, prefix }: { readonly item: Step; readonly prefix: string }) {
  const t = useText();
  const { size, time } = useFormats();
  const textOf = useErrorText();
  const name = item.key.slice(prefix.length);
  const comesBack = item.kind === 'restore' && !item.replaces;
  const Icon = comesBack ? Undo2 : ICONS[item.kind];
  const kind = comesBack ? 'deleted' : item.kind;
  return (
    <li data-tone={item.kind === 'remove' || item.kind === 'failed' ? 'bad' : undefined}>
      <Icon className="icon" aria-hidden />
      <span className="ellipsis spread" title={item.key}>
        {name}
      </span>
      <span className="muted numeric">
        {t(`restore.item.${kind}`)}
        {item.kind === 'restore' ? ` · ${size(item.sizeBytes)} · ${time(item.lastModifiedMs)}` : ''}
        {item.kind === 'failed' ? `: ${textOf({ ...item, detail: '' }).message}` : ''}
      </span>
    </li>
  );
}
