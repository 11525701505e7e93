import { ArrowUpToLine, Copy, CopyPlus, Pause, Play, Replace, RotateCw, X } from 'lucide-react';
import { engine } from '../../engine/engine.ts';
import type { Translate } from '../../i18n/index.ts';
import { attempt } from '../../store/attempt.ts';
import { openDialog } from '../../store/store.ts';
import { handUploads } from '../../store/uploads.ts';
import type { IfTaken } from '../../store/types.ts';
import type { MenuEntry } from '../../ui/Menu.tsx';
import type { TransferRow } from './rows.ts';

type Action = Exclude<MenuEntry, 'line'>;

const CONTENT = new Set<TransferRow['kind']>(['up', 'down', 'check']);

/** What can be done with some transfers at once; each does it to those that it makes sense for. */
export function actionsFor(chosen: readonly TransferRow[], t: Translate, reload: () => void): readonly Action[] {
  const content = chosen.filter(({ folderId, kind }) => folderId !== undefined && CONTENT.has(kind));
  const waiting = chosen.filter(({ folderId, state }) => folderId !== undefined && WAITS.has(state));
  const going = content.filter(({ state }) => state !== 'paused' && state !== 'cancelled' && state !== 'done');
  const aside = content.filter(({ state }) => state === 'paused' || state === 'cancelled');
  const failed = chosen.filter(
    ({ state, uploadId }) => state === 'failed' || (uploadId !== undefined && state === 'cancelled'),
  );
  const byHand = chosen.filter(
    ({ uploadId, state }) =>
      uploadId !== undefined && (state === 'running' || state === 'waiting' || state === 'taken'),
  );
  const taken = chosen.filter(({ state }) => state === 'taken');
  const endable = content.filter(({ state }) => state !== 'cancelled');
  const act = (work: () => Promise<unknown>) => attempt('', () => work().then(reload));
  return [
    ...(taken.length === 0 ? [] : takenActions(taken, t)),
    {
      id: 'first',
      label: t('transfers.move-to-top'),
      icon: ArrowUpToLine,
      isDisabled: waiting.length === 0,
      onAction: () => act(() => perFolder(waiting, 'transfer.first')),
    },
    {
      id: 'pause',
      label: t('transfers.pause'),
      icon: Pause,
      isDisabled: going.length === 0,
      onAction: () => act(() => perFolder(going, 'transfer.pause')),
    },
    {
      id: 'resume',
      label: t('transfers.resume'),
      icon: Play,
      isDisabled: aside.length === 0,
      onAction: () => act(() => perFolder(aside, 'transfer.resume')),
    },
    {
      id: 'retry',
      label: t('transfers.retry'),
      icon: RotateCw,
      isDisabled: failed.length === 0,
      onAction: () => {
        for (const { uploadId } of failed) if (uploadId !== undefined) handUploads.retry(uploadId);
        act(() => perFolder(failed, 'transfer.retry'));
      },
    },
    {
      id: 'cancel',
      label: t('transfers.cancel'),
      icon: X,
      shortcut: t('key.delete'),
      isDisabled: endable.length + byHand.length === 0,
      onAction: () => {
        for (const { uploadId } of byHand) if (uploadId !== undefined) handUploads.cancel(uploadId);
        const files = [...pathsByFolder(endable)].map(([folderId, paths]) => ({ folderId, paths }));
        if (files.length > 0) openDialog({ kind: 'cancel-transfers', files });
      },
    },
  ];
}

/** What can be done with files that are sent by hand and whose names are taken. */
export function takenActions(taken: readonly TransferRow[], t: Translate): readonly Action[] {
  const again = (ifTaken: IfTaken) => () => {
    for (const { uploadId } of taken) if (uploadId !== undefined) handUploads.retry(uploadId, ifTaken);
  };
  return [
    { id: 'replace', label: t('uploads.replace'), icon: Replace, onAction: again('replace') },
    { id: 'keep-both', label: t('uploads.keep-both'), icon: CopyPlus, onAction: again('keep-both') },
  ];
}

const WAITS = new Set<TransferRow['state']>(['waiting', 'first', 'paused', 'cancelled', 'failed']);

export function copyAction(chosen: readonly TransferRow[], t: Translate): Action {
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
