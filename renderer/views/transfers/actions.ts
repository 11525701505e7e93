import { ArrowUpToLine, Copy, CopyPlus, Pause, Play, Replace, RotateCw, X } from 'lucide-react';
import { desktopShell } from '../../engine/desktop-bridge.ts';
import { engine } from '../../engine/engine.ts';
import type { Translate } from '../../i18n/index.ts';
import { attempt } from '../../store/attempt.ts';
import { openDialog } from '../../store/store.ts';
import type { IfTaken } from '../../store/types.ts';
import { handUploads } from '../../store/uploads.ts';
import type { MenuAction } from '../../ui/Menu.tsx';
import type { TransferRow } from './rows.ts';

/** How transfers stand that an action makes no sense for. */
type State = 'started' | 'aside' | 'not-paused' | 'not-failed' | 'over';

const CONTENT = new Set<TransferRow['kind']>(['up', 'down', 'check']);

/** What can be done with some transfers at once; each does it to those that it makes sense for. */
export function actionsFor(chosen: readonly TransferRow[], t: Translate, reload: () => void): readonly MenuAction[] {
  const synced = chosen.filter(({ folderId }) => folderId !== undefined);
  const byHand = chosen.filter(({ folderId }) => folderId === undefined);
  const content = synced.filter(({ kind }) => CONTENT.has(kind));
  const waiting = synced.filter(({ state }) => WAITS.has(state));
  const going = content.filter(({ state }) => state !== 'paused' && state !== 'cancelled' && state !== 'done');
  const aside = content.filter(({ state }) => state === 'paused' || state === 'cancelled');
  const failed = chosen.filter(
    ({ state, folderId }) => state === 'failed' || (folderId === undefined && state === 'cancelled'),
  );
  const taken = chosen.filter(({ state }) => state === 'taken');
  const endableByHand = byHand.filter(({ state }) => state === 'running' || state === 'waiting' || state === 'taken');
  const endable = content.filter(({ state }) => state !== 'cancelled');
  /** Why an action makes no sense for any of them: because of what they are, or of how they stand. */
  const unless = (able: readonly TransferRow[], ofKind: readonly TransferRow[], state: State) =>
    able.length > 0 ? undefined : t(`transfers.why-not.${ofKind.length > 0 ? state : 'not-synced'}`);
  const act = (work: () => Promise<unknown>) => attempt('', () => work().then(reload));
  return [
    ...(taken.length === 0 ? [] : takenActions(taken, t)),
    {
      id: 'first',
      label: t('transfers.move-to-top'),
      icon: ArrowUpToLine,
      whyNot: unless(waiting, synced, 'started'),
      onAction: () => act(() => perFolder(waiting, 'transfer.first')),
    },
    {
      id: 'pause',
      label: t('transfers.pause'),
      icon: Pause,
      whyNot: unless(going, content, 'aside'),
      onAction: () => act(() => perFolder(going, 'transfer.pause')),
    },
    {
      id: 'resume',
      label: t('transfers.resume'),
      icon: Play,
      whyNot: unless(aside, content, 'not-paused'),
      onAction: () => act(() => perFolder(aside, 'transfer.resume')),
    },
    {
      id: 'retry',
      label: t('transfers.retry'),
      icon: RotateCw,
      whyNot: unless(failed, chosen, 'not-failed'),
      onAction: () => {
        handUploads.retry(uploadIds(failed));
        steerDownloads('retry', failed);
        act(() => perFolder(failed, 'transfer.retry'));
      },
    },
    {
      id: 'cancel',
      label: t('transfers.cancel'),
      icon: X,
      shortcut: t('key.delete'),
      whyNot: unless([...endable, ...endableByHand], [...content, ...byHand], 'over'),
      onAction: () => {
        handUploads.cancel(uploadIds(endableByHand));
        steerDownloads('cancel', endableByHand);
        const files = [...pathsByFolder(endable)].map(([folderId, paths]) => ({ folderId, paths }));
        if (files.length > 0) openDialog({ kind: 'cancel-transfers', files });
      },
    },
  ];
}

function uploadIds(chosen: readonly TransferRow[]): number[] {
  return chosen.flatMap(({ uploadId }) => uploadId ?? []);
}

function steerDownloads(type: 'cancel' | 'retry', chosen: readonly TransferRow[]): void {
  const ids = chosen.flatMap(({ downloadId }) => downloadId ?? []);
  if (ids.length > 0) desktopShell()?.steerDownloads({ type, ids });
}

/** What can be done with files that are sent by hand and whose names are taken. */
export function takenActions(taken: readonly TransferRow[], t: Translate): readonly MenuAction[] {
  const again = (ifTaken: IfTaken) => () => handUploads.retry(uploadIds(taken), ifTaken);
  return [
    { id: 'replace', label: t('uploads.replace'), icon: Replace, onAction: again('replace') },
    { id: 'keep-both', label: t('uploads.keep-both'), icon: CopyPlus, onAction: again('keep-both') },
  ];
}

const WAITS = new Set<TransferRow['state']>(['waiting', 'first', 'paused', 'cancelled', 'failed']);

export function copyAction(chosen: readonly TransferRow[], t: Translate): MenuAction {
  return {
    id: 'copy',
    label: t('transfers.copy-path'),
    icon: Copy,
    onAction: () =>
      attempt(t('transfers.path-copied'), () =>
        navigator.clipboard.writeText(chosen.map(({ path }) => path).join('\n')),
      ),
  };
}

type Command = `transfer.${'first' | 'pause' | 'resume' | 'retry'}`;

async function perFolder(chosen: readonly TransferRow[], command: Command): Promise<void> {
  for (const [folderId, path] of pathsByFolder(chosen)) await engine().call(command, { folderId, path });
}

function pathsByFolder(chosen: readonly TransferRow[]): ReadonlyMap<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { folderId, path } of chosen) {
    if (folderId === undefined) continue;
    const known = paths.get(folderId);
    if (known === undefined) paths.set(folderId, [path]);
    else known.push(path);
  }
  return paths;
}
