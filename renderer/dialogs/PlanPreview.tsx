import { ArrowDown, ArrowUp, CornerUpRight, ScanSearch, Trash2, type LucideIcon } from 'lucide-react';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { usePreview, type PlannedAction, type Preview } from './use-preview.ts';

const ICONS: Readonly<Record<PlannedAction['action'], LucideIcon>> = {
  upload: ArrowUp,
  download: ArrowDown,
  'delete-remote': Trash2,
  'delete-local': Trash2,
  reconcile: ScanSearch,
  'confirm-local': ScanSearch,
  'move-remote': CornerUpRight,
  'move-local': CornerUpRight,
};

/** The plan that a sync of a folder would make. */
export function PlanPreview({ folderId }: { readonly folderId: string }) {
  return <ShownPlan preview={usePreview(folderId, 'folder.preview')} />;
}

/** A plan in one sentence, and the paths behind it. */
export function ShownPlan({ preview }: { readonly preview: Preview }) {
  const t = useText();
  const { number } = useFormats();
  const { error, isComplete, examples } = preview;
  const total =
    preview.up.files +
    preview.down.files +
    preview.moved +
    preview.deletedRemote +
    preview.deletedLocal +
    preview.compared;
  const more = total - examples.length;
  return (
    <>
      <ErrorNote error={error} />
      <p className="plan-sentence numeric" role="status">
        <PlanSentence preview={preview} />
      </p>
      {isComplete || error !== undefined ? null : <Loading text={t('plan.working')} />}
      {examples.length === 0 ? null : (
        <ul className="plan-list" tabIndex={0} aria-label={t('plan.list')}>
          {examples.map(({ action, path }) => (
            <Line key={`${action}/${path}`} action={action} path={path} />
          ))}
          {more > 0 ? <li className="muted">{t('plan.more', { count: more, files: number(more) })}</li> : null}
        </ul>
      )}
    </>
  );
}

function Line({ action, path }: { readonly action: PlannedAction['action']; readonly path: string }) {
  const t = useText();
  const Icon = ICONS[action];
  return (
    <li data-tone={action.startsWith('delete') ? 'bad' : undefined}>
      <Icon className="icon" aria-label={t(`plan.action.${action}`)} />
      <span className="ellipsis" title={path}>
        {path}
      </span>
    </li>
  );
}

/** "1,204 files, 3.1 GB up; nothing down; nothing deleted." */
function PlanSentence({ preview }: { readonly preview: Preview }) {
  const t = useText();
  const { number, size } = useFormats();
  const { up, down, moved, deletedRemote, deletedLocal, compared, problems } = preview;
  const deleted = [
    ...(deletedRemote > 0 ? [t('plan.deleted-remote', { count: deletedRemote, files: number(deletedRemote) })] : []),
    ...(deletedLocal > 0 ? [t('plan.deleted-local', { count: deletedLocal, files: number(deletedLocal) })] : []),
  ];
  const parts = [
    up.files === 0
      ? t('plan.no-up')
      : t('plan.up', { count: up.files, files: number(up.files), bytes: size(up.bytes) }),
    down.files === 0
      ? t('plan.no-down')
      : t('plan.down', { count: down.files, files: number(down.files), bytes: size(down.bytes) }),
    ...(deleted.length === 0 ? [t('plan.no-deleted')] : deleted),
    ...(moved > 0 ? [t('plan.moved', { count: moved, files: number(moved) })] : []),
    ...(compared > 0 ? [t('plan.compared', { count: compared, files: number(compared) })] : []),
    ...(problems > 0 ? [t('plan.problems', { count: problems, files: number(problems) })] : []),
  ];
  return <>{t('plan.sentence', { parts: parts.join(t('plan.and')) })}</>;
}
