import { create } from 'zustand';
import type { AccountInfo, Download, EngineStatus, SettingsInfo } from '../../src/api/index.ts';
import type { LinkState } from '../engine/link.ts';
import type { DialogState, HandUpload, Notice, NoticeAction, Place, Sample, View } from './types.ts';

/** Ten minutes at a sample a second. */
const MOST_SAMPLES = 600;

/** What the window shows. What the engine says comes in through `server-events.ts`; the views write the rest. */
export interface AppState {
  readonly link: LinkState;
  readonly status: EngineStatus | undefined;
  /** Counts up when the engine's state may have changed, a few times a second at most: what is on screen asks again. */
  readonly revision: number;
  readonly accounts: readonly AccountInfo[] | undefined;
  readonly settings: SettingsInfo;
  readonly samples: readonly Sample[];
  readonly view: View;
  readonly place: Place | undefined;
  /** Counts up when the person changed something in a bucket: listings of it are read again. */
  readonly bucketRevision: number;
  readonly dialog: DialogState | undefined;
  readonly notices: readonly Notice[];
  readonly uploads: readonly HandUpload[];
  /** What the desktop program saves; in a browser that is the browser's. */
  readonly downloads: readonly Download[];
  /** Files that were sent by hand so far. */
  readonly uploadsDone: number;
  /** The first account is being set up; the window comes after it. */
  readonly isFirstRun: boolean;
}

export const DEFAULT_SETTINGS: SettingsInfo = {
  uploadLimitBytesPerSecond: 0,
  downloadLimitBytesPerSecond: 0,
  limitHours: null,
  paused: false,
  language: 'system',
  theme: 'system',
  notifications: true,
};

export const useApp = create<AppState>(() => ({
  link: 'connecting',
  status: undefined,
  revision: 0,
  accounts: undefined,
  settings: DEFAULT_SETTINGS,
  samples: [],
  view: 'files',
  place: undefined,
  bucketRevision: 0,
  dialog: undefined,
  notices: [],
  uploads: [],
  downloads: [],
  uploadsDone: 0,
  isFirstRun: false,
}));

const { setState } = useApp;

export function openView(view: View): void {
  setState({ view });
}

/** Shows a place of a bucket; one that is shown already is read again. */
export function goTo(place: Place): void {
  setState(({ place: shown, bucketRevision }) => {
    const isShown = shown !== undefined && placeId(shown) === placeId(place);
    return { view: 'files', place, bucketRevision: isShown ? bucketRevision + 1 : bucketRevision };
  });
}

/** A name for a place that no other place has. */
export function placeId({ account, bucket, prefix }: Place): string {
  return JSON.stringify([account, bucket, prefix]);
}

export function endFirstRun(): void {
  setState({ isFirstRun: false });
}

/** Back to where a server is connected: the first run, or a dialog where there are others. */
export function leaveTrial(): void {
  setState(({ accounts }) =>
    accounts === undefined || accounts.length === 0
      ? { place: undefined, dialog: undefined, isFirstRun: true }
      : { place: undefined, dialog: { kind: 'add-account' } },
  );
}

export function openDialog(dialog: DialogState): void {
  setState({ dialog });
}

export function closeDialog(): void {
  setState({ dialog: undefined });
}

/** Listings of buckets are read again. */
export function bucketChanged(): void {
  setState(({ bucketRevision }) => ({ bucketRevision: bucketRevision + 1 }));
}

export function addSample(sample: Sample): void {
  setState(({ samples }) => ({ samples: [...samples.slice(1 - MOST_SAMPLES), sample] }));
}

let lastNoticeId = 0;

/** Tells in a corner, for a while. */
export function notify(kind: Notice['kind'], text: string, advice = '', actions: readonly NoticeAction[] = []): void {
  const notice = { id: ++lastNoticeId, kind, text, advice, actions };
  setState(({ notices }) => ({ notices: [...notices.slice(-3), notice] }));
  setTimeout(() => dismissNotice(notice.id), kind === 'failed' ? 12_000 : 4_000);
}

export function dismissNotice(id: number): void {
  setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
