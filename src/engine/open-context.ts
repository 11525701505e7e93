import type { ServerCapabilities } from '../core/object-store.ts';
import { trashStamp } from '../local/trash.ts';
import type { FolderRow } from '../state/index.ts';
import { chosenOf, loadRules } from './cycle.ts';
import { ignoresCase } from './disk-names.ts';
import type { FolderContext } from './folder-context.ts';
import type { EngineParts } from './engine-parts.ts';
import { RootProofs } from './roots.ts';

/** Gathers what one cycle of a folder works with, and gives the cycle its number. */
export async function openContext(
  parts: EngineParts,
  folder: FolderRow,
  cycle: Pick<FolderContext, 'commit' | 'revisit' | 'brake' | 'large' | 'done' | 'files'>,
  signal: AbortSignal,
): Promise<FolderContext> {
  const { environment, state, connections, budget, uploadLimiter, downloadLimiter, transfers, deviceName } = parts;
  const { store, requests, uploadNotes } = await connections.byId(folder.accountId);
  const { accountId, bucket, mode, mirrorDeletes } = folder;
  const shared = { environment, store, requests, budget, accountId, bucket };
  const startedMs = environment.clock.now();
  const ignores = await loadRules(environment.fs, folder);
  let versioned: Promise<boolean> | undefined;
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
      notes: uploadNotes,
      capabilities: await capabilitiesOf(parts, folder, signal),
    },
    download: { ...shared, limiter: downloadLimiter, journal: state.downloads },
    isVersioned: () => (versioned ??= requests.run(() => store.isVersioned(bucket, signal), signal)),
    rootProofs: new RootProofs(environment.fs, folder),
    transfers,
    pass: state.folders.startPass(folder.id),
    startedMs,
    trashStamp: trashStamp(startedMs, environment.random.id(4)),
    deviceName,
    ...cycle,
  };
}

/** What the bucket's server honours: probed once, and then remembered. */
async function capabilitiesOf(
  { state, connections, environment }: EngineParts,
  { accountId, bucket }: FolderRow,
  signal: AbortSignal,
): Promise<ServerCapabilities> {
  const known = state.accounts.capabilities(accountId, bucket);
  if (known !== undefined) return known;
  const { store, requests } = await connections.byId(accountId);
  const found = await requests.run(() => store.probeCapabilities(bucket, signal), signal);
  state.accounts.setCapabilities(accountId, bucket, found, environment.clock.now());
  return found;
}
