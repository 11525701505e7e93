import type { StreamRequest } from '../api/index.ts';
import { locatePath } from './locate.ts';
import type { EngineParts } from './folder-runner.ts';
import { folderOfKey } from './object-states.ts';
import type { SharedPath } from './share-upload.ts';

/** What is shared. */
export interface SharedTarget {
  readonly accountId: string;
  readonly bucket: string;
  /** Of a folder the prefix of its keys: empty, or with a slash at the end. */
  readonly key: string;
  readonly isFolder: boolean;
  /** Where it is on this computer, when it is in a synced folder. */
  readonly place: SharedPath | undefined;
}

/** @throws SyncError invalid-argument for a path in no synced folder; unknown-account. */
export async function sharedTarget(
  parts: EngineParts,
  target: StreamRequest<'share.make'>['target'],
): Promise<SharedTarget> {
  if (target.kind === 'path') {
    const { folder, key, diskPath } = await locatePath(parts.environment.fs, parts.state, target.path);
    const { accountId, bucket, prefix } = folder;
    const isFolder = key === '' || key.endsWith('/');
    const path = key.slice(prefix.length).replace(/\/$/, '');
    return { accountId, bucket, key, isFolder, place: { folder, path, diskPath, isDirectory: isFolder } };
  }
  const { account } = await parts.connections.byName(target.account);
  const { bucket, key } = target;
  const isFolder = key === '' || key.endsWith('/');
  const found = folderOfKey(parts, account.id, bucket, key);
  const place = found && { ...found, diskPath: found.path };
  return { accountId: account.id, bucket, key, isFolder, place };
}
