import { errorText, type EngineStatus, type FolderStatus } from '../src/api/index.ts';
import type { Texts } from './texts.ts';

export const TRAY_STATES = ['in-sync', 'syncing', 'paused', 'offline', 'attention'] as const;
export type TrayState = (typeof TRAY_STATES)[number];

/** What the tray says at a glance. Whatever needs a person comes first, then why nothing moves, then what moves. */
export function trayStateOf(status: EngineStatus | undefined): TrayState {
  if (status === undefined) return 'offline';
  if (status.paused) return 'paused';
  const { folders } = status;
  if (folders.some(needsPerson)) return 'attention';
  if (folders.some(({ state }) => state === 'offline')) return 'offline';
  if (folders.some(isBusy)) return 'syncing';
  if (folders.length > 0 && folders.every(({ state }) => state === 'paused')) return 'paused';
  return 'in-sync';
}

/** The same in words and with numbers. `undefined`: the engine has not said anything yet. */
export function statusLine(status: EngineStatus | undefined, texts: Texts, number: (value: number) => string): string {
  if (status === undefined) return texts.starting;
  const { folders } = status;
  if (folders.length === 0) return texts.noFolder;
  const sum = (part: (folder: FolderStatus) => number) => folders.reduce((total, folder) => total + part(folder), 0);
  switch (trayStateOf(status)) {
    case 'paused':
      return texts.paused;
    case 'attention': {
      const problems = sum(({ problems: { warning, error } }) => warning + error);
      const stopped = folders.find(({ state }) => state === 'stopped');
      if (folders.some(({ state }) => state === 'held')) return texts.held;
      return stopped === undefined ? texts.problems(problems) : stoppedText(stopped, texts);
    }
    case 'offline':
      return texts.offline;
    case 'syncing': {
      const left = sum(({ state, planned, done }) => (state === 'syncing' ? planned.files - done.files : 0));
      return left > 0 ? texts.syncing(left, number(left)) : texts.comparing;
    }
    case 'in-sync': {
      const files = sum(({ filesInSync }) => filesInSync);
      return texts.inSync(files, number(files));
    }
  }
}

function stoppedText({ code, reason: message, advice }: FolderStatus, { language }: Texts): string {
  return errorText({ code, message, advice, detail: '' }, language).message;
}

function needsPerson({ state, problems }: FolderStatus): boolean {
  return state === 'held' || state === 'stopped' || state === 'attention' || problems.warning + problems.error > 0;
}

function isBusy({ state }: FolderStatus): boolean {
  return state === 'syncing' || state === 'comparing' || state === 'starting';
}
