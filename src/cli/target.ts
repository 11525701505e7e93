import type { Client, LocatedObject } from '../api/index.ts';
import type { Context } from './context.ts';
import { localPath } from './local-file.ts';
import { looksRemote, parsePrefixTarget, type ObjectTarget } from './parse.ts';

/** An object or a range of keys, named as ACCOUNT:BUCKET/KEY or by a path below a synced folder. */
export interface Target extends ObjectTarget {
  /** The folder that a path is in; undefined for what was named by its key. */
  readonly folder: Pick<LocatedObject, 'folderId' | 'mode'> | undefined;
}

/** What `text` names. The path need not be there any more. @throws SyncError invalid-argument */
export async function locateTarget(context: Context, client: Client, text: string): Promise<Target> {
  if (looksRemote(text)) {
    const { account, bucket, prefix } = parsePrefixTarget(text);
    return { account, bucket, key: prefix, folder: undefined };
  }
  const located = await client.call('object.locate', { path: localPath(context.io.cwd, text) }, context.signal);
  const { account, bucket, key, folderId, mode } = located;
  return { account, bucket, key, folder: { folderId, mode } };
}

/** What a restored object means for the file on this computer. */
export async function tellWhereItGoes({ out }: Context, { folder }: Target): Promise<void> {
  if (folder === undefined) return;
  await out.note(
    folder.mode === 'upload'
      ? 'Its folder only uploads, so that the files on this computer stay as they are; `rustfs-sync get` fetches the restored ones.'
      : 'The next sync of its folder brings it to this computer.',
  );
}
