import { z } from 'zod';
import { historyCommands, historyStreams } from './history.ts';
import { bucketRef, folderRef, none, objectRef, text } from './refs.ts';
import {
  accountInfo,
  activityInfo,
  bucketInfo,
  engineStatus,
  folderInfo,
  folderStatus,
  heldPlanItem,
  listItem,
  previewItem,
  probeResult,
  problemInfo,
  settingsInfo,
  syncMode,
  syncOutcome,
  unfinishedUpload,
} from './schemas.ts';
import { shareCommands, shareStreams } from './share-contract.ts';
import { transferCommands } from './transfers.ts';
import { trialCommands } from './trial-contract.ts';
import { windowCommands, windowStreams } from './window-contract.ts';

/** Calls with one answer. Both sides check what crosses. */
export const commands = {
  ...windowCommands,
  ...transferCommands,
  ...trialCommands,
  'account.add': {
    input: z.object({
      name: text,
      endpoint: text,
      region: text.default('us-east-1'),
      accessKeyId: text,
      secretAccessKey: text,
      sessionToken: text.optional(),
      pathStyle: z.boolean().default(true),
      caFile: text.optional(),
      trustedFingerprint: text.optional(),
      proxy: text.optional(),
      /** With a password, for a proxy that asks for them. */
      proxyUser: text.optional(),
      proxyPassword: text.optional(),
      publicEndpoint: text.optional(),
      storeSecretInFile: z.boolean().default(false),
    }),
    output: accountInfo,
  },
  'account.list': { input: none, output: z.array(accountInfo) },
  /** Reaches the server and signs in; fails with what is wrong. */
  'account.test': { input: z.object({ name: text }), output: z.object({ buckets: z.number() }) },
  /**
   * Changes how an account signs in and how its server is reached: what is given, null taking a setting away. It signs in
   * with that first. Another server is another account. A new secret key takes the session token of the old one away.
   */
  'account.set': {
    input: z.object({
      name: text,
      region: text.optional(),
      accessKeyId: text.optional(),
      secretAccessKey: text.optional(),
      sessionToken: text.optional(),
      pathStyle: z.boolean().optional(),
      caFile: text.nullable().optional(),
      trustedFingerprint: text.nullable().optional(),
      proxy: text.nullable().optional(),
      /** They go with the proxy: another address, or none, takes those of the old one away. */
      proxyUser: text.optional(),
      proxyPassword: text.optional(),
      storeSecretInFile: z.boolean().optional(),
      /** The address that links name, where receivers know the server by another one than this computer does. */
      publicEndpoint: text.nullable().optional(),
    }),
    output: accountInfo,
  },
  'account.remove': { input: z.object({ name: text }), output: none },

  'bucket.list': { input: z.object({ account: text }), output: z.array(bucketInfo) },
  'bucket.create': { input: bucketRef, output: none },
  'bucket.delete': { input: bucketRef, output: none },

  'folder.add': {
    input: z.object({
      localRoot: text,
      account: text,
      bucket: text,
      prefix: z.string().default(''),
      mode: syncMode.default('upload'),
      mirrorDeletes: z.boolean().default(false),
      ignoreGlobs: z.array(z.string()).default([]),
      /** Adds it and does nothing yet, so that its plan can be looked at first. */
      paused: z.boolean().optional(),
    }),
    output: folderInfo,
  },
  'folder.list': { input: none, output: z.array(folderInfo) },
  'folder.remove': { input: folderRef, output: none },
  'folder.pause': { input: folderRef, output: none },
  'folder.resume': { input: folderRef, output: none },
  /** Keeps only these paths, and all below them, on this computer; null for everything. Nothing is deleted in the bucket. */
  'folder.select': { input: folderRef.extend({ paths: z.array(text).min(1).nullable() }), output: folderInfo },
  'folder.status': { input: folderRef, output: folderStatus },

  /**
   * Lets a plan go on that the mass-change brake holds: what it would delete and replace, and nothing else. `seen` is the revision
   * that `plan.show` told; a plan that holds more by now is not let go on.
   */
  'plan.approve': { input: folderRef.extend({ seen: z.number().int() }), output: none },
  /** Undoes what a plan is held for: what is gone on one side comes back, of what was replaced both versions are kept. */
  'plan.revert': { input: folderRef, output: z.object({ paths: z.number() }) },

  /** Until the folders are in sync, or can not be without a person. No ids: all folders. */
  'sync.once': { input: z.object({ ids: z.array(text).default([]) }), output: syncOutcome },
  /** Starts watching and syncing, until the engine stops. No ids: all folders, those that are added later too. */
  'sync.start': { input: z.object({ ids: z.array(text).default([]) }), output: none },

  /**
   * The computer woke up or its network changed: servers that could not be reached are tried at once and everything is
   * compared; after sleep, dead connections end. For whoever learns of it before the engine does.
   */
  'engine.resumed': { input: z.object({ from: z.enum(['sleep', 'network-change']) }), output: none },
  /** What the computer runs on: on its battery, less is done at once. An engine begins as if on the mains. */
  'engine.power': { input: z.object({ source: z.enum(['mains', 'battery']) }), output: none },

  'status.get': { input: none, output: engineStatus },
  /** The worst first. */
  'problem.list': {
    input: z.object({ folderId: text.optional(), limit: z.number().int().positive().max(100_000).default(1_000) }),
    output: z.array(problemInfo),
  },
  /** Settles a conflict: which of the two files keeps the name. The other one stays in the trash, or beside it for `both`. */
  'problem.resolve': {
    input: z.object({ id: z.number().int(), keep: z.enum(['mine', 'theirs', 'both']) }),
    output: none,
  },
  'activity.list': {
    input: z.object({
      limit: z.number().int().positive().max(100_000).default(100),
      /** Only what has this in its path. */
      text: z.string().optional(),
    }),
    output: z.array(activityInfo),
  },

  'object.remove': { input: objectRef, output: none },
  'upload.list': {
    input: z.object({
      account: text,
      bucket: text,
      prefix: z.string().default(''),
      /** Only those that were begun before so long. */
      olderThanMs: z.number().int().nonnegative().default(0),
    }),
    output: z.array(unfinishedUpload),
  },
  'upload.abort': { input: objectRef.extend({ uploadId: text }), output: none },

  /**
   * What somebody who helps needs to know, as one text: without secrets, and without names, paths and addresses unless asked.
   * With `save` it is kept beside the log, and `path` says where.
   */
  'diagnostics.make': {
    input: z.object({ withNames: z.boolean().default(false), save: z.boolean().default(false) }),
    output: z.object({ text: z.string(), path: z.string().optional() }),
  },
  /** Crashes that nobody was told of yet; with this call they are. */
  'crash.untold': { input: none, output: z.array(z.object({ atMs: z.number(), program: z.string() })) },

  'setting.get': { input: none, output: settingsInfo },
  'setting.set': { input: settingsInfo.partial(), output: settingsInfo },
  ...historyCommands,
  ...shareCommands,
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** Calls with any number of answers, in order, until they end or the caller stops listening. */
export const streams = {
  ...windowStreams,
  /** What a sync would do, path by path; changes nothing. */
  'folder.preview': { input: folderRef, item: previewItem },
  /** The plan that the mass-change brake holds: why, what it adds up to, then path by path. */
  'plan.show': { input: folderRef, item: heldPlanItem },
  'object.list': {
    input: z.object({
      account: text,
      bucket: text,
      prefix: z.string().default(''),
      recursive: z.boolean().default(false),
    }),
    item: listItem,
  },
  doctor: { input: z.object({ account: text, bucket: text.optional() }), item: probeResult },
  /** The present status, then again whenever it changed, at most ten times a second. */
  'status.watch': { input: none, item: engineStatus },
  ...historyStreams,
  ...shareStreams,
} as const satisfies Record<string, { input: z.ZodType; item: z.ZodType }>;

/** Streams whose items replace one another: a reader that is slow gets the present one, not those that it missed. */
export const STATE_STREAMS: ReadonlySet<keyof typeof streams> = new Set(['status.watch']);

export type CommandName = keyof typeof commands;

/** Commands that change nothing. They may be asked a second time, and need not wait for whoever writes. */
export const QUESTIONS: ReadonlySet<CommandName> = new Set([
  'account.list',
  'account.test',
  'bucket.list',
  'folder.list',
  'folder.status',
  'status.get',
  'problem.list',
  'activity.list',
  'transfer.list',
  'upload.list',
  'diagnostics.make',
  'crash.untold',
  'setting.get',
  'bucket.versioning',
  'version.counts',
  'folder.level',
  'folder.sizes',
  'object.locate',
  'object.page',
  'object.states',
  'path.states',
  'object.properties',
  'object.freeKey',
  'transfer.waiting',
  'share.list',
  'share.link',
  'disk.list',
  'disk.makeDirectory',
]);

/** Streams that change nothing, neither in the engine's state nor in a folder or bucket. */
const QUESTION_STREAMS: ReadonlySet<keyof typeof streams> = new Set([
  'folder.preview',
  'plan.show',
  'object.list',
  'doctor',
  'status.watch',
  'trash.list',
  'version.list',
]);

/** Whether a stream changes nothing, as the commands of {@link QUESTIONS}: a restoring that is only looked at is one. */
export function isQuestion<N extends StreamName>(name: N, request: StreamInput<N>): boolean {
  return QUESTION_STREAMS.has(name) || (name === 'version.restoreAt' && 'apply' in request && request.apply === false);
}

/** What a caller gives: fields with a default may be left out. */
export type CommandInput<N extends CommandName> = z.input<(typeof commands)[N]['input']>;
/** What the engine gets: checked, with defaults filled in. */
export type CommandRequest<N extends CommandName> = z.output<(typeof commands)[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]['output']>;

export type StreamName = keyof typeof streams;
export type StreamInput<N extends StreamName> = z.input<(typeof streams)[N]['input']>;
export type StreamRequest<N extends StreamName> = z.output<(typeof streams)[N]['input']>;
export type StreamItem<N extends StreamName> = z.output<(typeof streams)[N]['item']>;

/** The engine's side: one function a command and a stream. */
export type CommandHandlers = {
  readonly [N in CommandName]: (request: CommandRequest<N>, signal: AbortSignal) => Promise<CommandOutput<N>>;
};
export type StreamHandlers = {
  readonly [N in StreamName]: (request: StreamRequest<N>, signal: AbortSignal) => AsyncIterable<StreamItem<N>>;
};
