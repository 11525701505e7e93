import { z } from 'zod';
import { trialInfo } from './trial-contract.ts';

/** The data that crosses the contract. Times are milliseconds since 1970, sizes are bytes. */

export const syncMode = z.enum(['two-way', 'upload', 'download']);
export const severity = z.enum(['notice', 'warning', 'error']);

export const accountInfo = z.object({
  id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  pathStyle: z.boolean(),
  /** Path of a PEM file with the certificate authority to trust. */
  caFile: z.string().optional(),
  /** SHA-256 of the certificate that alone is trusted. */
  trustedFingerprint: z.string().optional(),
  proxy: z.string().optional(),
  secretPlace: z.enum(['keychain', 'file']),
  /** The address that links name, where that is not the endpoint. */
  publicEndpoint: z.string().optional(),
});
export type AccountInfo = z.infer<typeof accountInfo>;

export const folderInfo = z.object({
  id: z.string(),
  localRoot: z.string(),
  account: z.string(),
  bucket: z.string(),
  prefix: z.string(),
  mode: syncMode,
  mirrorDeletes: z.boolean(),
  ignoreGlobs: z.array(z.string()),
  /** What of it is kept on this computer: paths, and all below them; absent for everything. */
  chosen: z.array(z.string()).optional(),
  paused: z.boolean(),
});
export type FolderInfo = z.infer<typeof folderInfo>;

export const holdInfo = z.object({
  reason: z.enum(['deletes-most', 'empties-side', 'replaces-all', 'disk-changed']),
  known: z.number(),
  deletions: z.number(),
  replacements: z.number(),
});

/** What a folder is doing, in one word and with the numbers behind it. */
export const folderStatus = z.object({
  folder: folderInfo,
  state: z.enum([
    'starting',
    'comparing',
    'syncing',
    'in-sync',
    'attention',
    'not-running',
    'paused',
    'offline',
    'held',
    'stopped',
  ]),
  /** Why, where `state` alone does not say it; empty otherwise. */
  reason: z.string(),
  advice: z.string(),
  code: z.string(),
  filesInSync: z.number(),
  filesScanned: z.number(),
  planned: z.object({ files: z.number(), bytes: z.number() }),
  done: z.object({ files: z.number(), bytes: z.number() }),
  problems: z.object({ notice: z.number(), warning: z.number(), error: z.number() }),
  /** Files that a person keeps from being transferred, one by one; absent where there are none. */
  setAside: z.object({ paused: z.number(), cancelled: z.number() }).optional(),
  hold: holdInfo.optional(),
  /**
   * Whether the server tells of others' changes as they happen; otherwise the bucket is listed now and then. Absent where
   * they do not matter: in a folder that only uploads, or is not running.
   */
  liveEvents: z.boolean().optional(),
  lastFullPassMs: z.number().optional(),
});
export type FolderStatus = z.infer<typeof folderStatus>;

export const engineStatus = z.object({
  folders: z.array(folderStatus),
  bytesPerSecond: z.object({ up: z.number(), down: z.number() }),
  /** All syncing is paused. */
  paused: z.boolean(),
  /** Files on their way now, and what of them is over. */
  moving: z.object({ files: z.number(), doneBytes: z.number() }),
  /** Another number than before when accounts, folders or settings were changed: who shows them asks again. */
  configured: z.number(),
  /** The same for buckets that were made or deleted, or of which others show since an account was added or changed. */
  bucketsChanged: z.number(),
  /** A trial runs: what is synced with its account is not kept. */
  trial: trialInfo.optional(),
});
export type EngineStatus = z.infer<typeof engineStatus>;

export const problemInfo = z.object({
  id: z.number(),
  folderId: z.string(),
  path: z.string(),
  code: z.string(),
  severity,
  message: z.string(),
  advice: z.string(),
  detail: z.string(),
  attempts: z.number(),
  firstMs: z.number(),
  lastMs: z.number(),
  retryAtMs: z.number().optional(),
});
export type ProblemInfo = z.infer<typeof problemInfo>;

export const activityInfo = z.object({
  atMs: z.number(),
  folderId: z.string(),
  kind: z.enum([
    'uploaded',
    'downloaded',
    'deleted-remote',
    'deleted-local',
    'released',
    'adopted',
    'moved',
    'conflict',
  ]),
  path: z.string(),
  sizeBytes: z.number(),
  detail: z.string(),
});
export type ActivityInfo = z.infer<typeof activityInfo>;

export const plannedAction = z.enum([
  'upload',
  'download',
  'delete-remote',
  'delete-local',
  'reconcile',
  'confirm-local',
  'move-remote',
  'move-local',
]);
export type PlannedAction = z.infer<typeof plannedAction>;

const actionItem = z.object({
  kind: z.literal('action'),
  action: plannedAction,
  path: z.string(),
  sizeBytes: z.number(),
  /** For a move: the path that it had. */
  from: z.string().optional(),
});

/** One line of a held plan: first why it is held, then what each kind of action adds up to, then the actions. */
export const heldPlanItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('held'),
    hold: holdInfo,
    approved: z.boolean(),
    /** Another number than before when the plan holds more: for `plan.approve`. */
    revision: z.number(),
  }),
  z.object({ kind: z.literal('total'), action: plannedAction, files: z.number(), bytes: z.number() }),
  actionItem,
]);
export type HeldPlanItem = z.infer<typeof heldPlanItem>;

/** One line of a dry run: an action that a sync would take, or something it would report. */
export const previewItem = z.discriminatedUnion('kind', [
  actionItem,
  z.object({
    kind: z.literal('problem'),
    code: z.string(),
    severity,
    path: z.string(),
    message: z.string(),
    advice: z.string(),
  }),
  z.object({ kind: z.literal('held'), hold: holdInfo }),
]);
export type PreviewItem = z.infer<typeof previewItem>;

export const bucketInfo = z.object({ name: z.string(), createdMs: z.number() });
export type BucketInfo = z.infer<typeof bucketInfo>;

/** One line of a listing. */
export const listItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prefix'), key: z.string() }),
  z.object({
    kind: z.literal('object'),
    key: z.string(),
    sizeBytes: z.number(),
    etag: z.string(),
    lastModifiedMs: z.number(),
  }),
]);
export type ListItem = z.infer<typeof listItem>;

export const probeResult = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(['ok', 'degraded', 'failed', 'skipped']),
  finding: z.string(),
  advice: z.string(),
  code: z.string().optional(),
});
export type ProbeInfo = z.infer<typeof probeResult>;

/** An unfinished multipart upload on the server. */
export const unfinishedUpload = z.object({
  key: z.string(),
  uploadId: z.string(),
  initiatedMs: z.number(),
  /** What its parts hold on the server; absent where there are too many uploads to ask for each. */
  sizeBytes: z.number().optional(),
  /** Whether this engine's journal knows it. */
  ours: z.boolean(),
  /** The folder here that will finish it; absent for one that was put by hand or that is another's. */
  folderId: z.string().optional(),
});
export type UnfinishedUpload = z.infer<typeof unfinishedUpload>;

/** How one run of `sync --once` ended. */
export const syncOutcome = z.object({
  result: z.enum(['in-sync', 'problems', 'held', 'unreachable', 'paused', 'stopped']),
  /** For `unreachable`: what went wrong and what to do. For `stopped`: that somebody called it off. */
  error: z.object({ code: z.string(), message: z.string(), advice: z.string(), detail: z.string() }).optional(),
  uploadedFiles: z.number(),
  uploadedBytes: z.number(),
  downloadedFiles: z.number(),
  downloadedBytes: z.number(),
  deletedFiles: z.number(),
  movedFiles: z.number(),
  /** Taken off this computer, since they are not chosen for it; the bucket holds them. */
  releasedFiles: z.number(),
});
export type SyncOutcome = z.infer<typeof syncOutcome>;

export const settingsInfo = z.object({
  uploadLimitBytesPerSecond: z.number().int().nonnegative(),
  downloadLimitBytesPerSecond: z.number().int().nonnegative(),
  /** When the limits hold; null for always. Minutes since midnight; an end that is not after the start is a day later. */
  limitHours: z
    .object({
      /** 1 is Monday, 7 Sunday. */
      days: z.array(z.number().int().min(1).max(7)).min(1).max(7).readonly(),
      fromMinute: z.number().int().min(0).max(1439),
      toMinute: z.number().int().min(0).max(1439),
    })
    .nullable(),
  paused: z.boolean(),
  language: z.enum(['system', 'en', 'zh-CN']),
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  /** Whether the desktop app tells of what needs a person. */
  notifications: z.boolean(),
});
export type SettingsInfo = z.infer<typeof settingsInfo>;
