import type { Environment } from '../core/environment.ts';
import { asSyncError } from '../core/errors.ts';
import type { ServerCapabilities } from '../core/object-store.ts';
import { trashStamp } from '../local/trash.ts';
import type { FolderRow } from '../state/index.ts';
import { chosenOf, loadRules } from './cycle.ts';
import { ignoresCase } from './disk-names.ts';
import type { FolderContext } from './folder-context.ts';
import type { EngineParts } from './engine-parts.ts';
import { keepsExecutable, RootProofs } from './roots.ts';
import { HONOURS_NOTHING } from './write-context.ts';

/** After this the server may be another version, and is asked again what it honours; in milliseconds. */
const HONOURED_FOR_MS = 7 * 24 * 3_600_000;

/** What goes into the trash within this time goes into one directory of it; in milliseconds. */
const STAMPED_FOR_MS = 3_600_000;

/** Gathers what one cycle of a folder works with, and gives the cycle its number. */
export async function openContext(
  parts: EngineParts,
  folder: FolderRow,
  cycle: Pick<FolderContext, 'commit' | 'revisit' | 'brake' | 'large' | 'done' | 'files'>,
  signal: AbortSignal,
): Promise<FolderContext> {
  const { environment, state, connections, budget, uploadLimiter, downloadLimiter, keyTurns, transfers } = parts;
  const { store, requests, uploadNotes } = await connections.byId(folder.accountId, signal);
  const { accountId, bucket, mode, mirrorDeletes } = folder;
  const shared = { environment, store, requests, budget, accountId, bucket };
  const startedMs = environment.clock.now();
  const ignores = await loadRules(environment, folder);
  let versioned: Promise<boolean> | undefined;
  let keepsModes: Promise<boolean> | undefined;
  return {
    environment,
    state,
    folder,
    rules: { mode, mirrorDeletes },
    ignores,
    filter: chosenOf(ignores, folder),
    ignoresCase: await ignoresCase(environment.fs, folder.localRoot),
    upload: {
      ...shared,
      limiter: uploadLimiter,
      owner: folder.id,
      journal: state.uploads,
      keepsExecutable: () => (keepsModes ??= keepsExecutable(environment, folder.localRoot)),
      notes: uploadNotes,
      capabilities: await capabilitiesOf(parts, folder, signal),
    },
    download: { ...shared, limiter: downloadLimiter, journal: state.downloads },
    isVersioned: () => (versioned ??= requests.run(() => store.isVersioned(bucket, signal), signal)),
    rootProofs: new RootProofs(environment.fs, folder),
    keyTurns,
    transfers,
    pass: state.folders.startPass(folder.id),
    startedMs,
    trashStamp: stampsFrom(startedMs, environment),
    deviceName: parts.deviceName,
    ...cycle,
  };
}

/**
 * A cycle may wait for its server for weeks, and begin before the computer has the time from the network. What it takes away after
 * that is as old as its stamp says to whoever empties the trash: so it is that of the moment, near enough.
 */
function stampsFrom(startedMs: number, { clock, random }: Environment): () => string {
  let madeMs = startedMs;
  let stamp = trashStamp(madeMs, random.id(4));
  return () => {
    const nowMs = clock.now();
    if (Math.abs(nowMs - madeMs) >= STAMPED_FOR_MS) {
      madeMs = nowMs;
      stamp = trashStamp(madeMs, random.id(4));
    }
    return stamp;
  };
}

/**
 * What the bucket's server honours. That is found out by writing: not for a folder that never writes there, whose keys may be
 * for reading alone. Where it can not be asked again it is as it was found before.
 */
async function capabilitiesOf(
  { state, connections, environment }: EngineParts,
  { accountId, bucket, mode }: FolderRow,
  signal: AbortSignal,
): Promise<ServerCapabilities> {
  if (mode === 'download') return HONOURS_NOTHING;
  const known = state.accounts.capabilities(accountId, bucket);
  const nowMs = environment.clock.now();
  if (known !== undefined && Math.abs(nowMs - known.probedMs) < HONOURED_FOR_MS) return known;
  const { store, requests } = await connections.byId(accountId, signal);
  const asked = requests.run(() => store.probeCapabilities(bucket, signal), signal);
  const found = await asked.catch((error: unknown) => {
    if (known === undefined || signal.aborted) throw error;
    environment.log.warn('What the server honours could not be asked again', {
      bucket,
      error: asSyncError(error).message,
    });
    return known;
  });
  state.accounts.setCapabilities(accountId, bucket, found, nowMs);
  return found;
}
