import path from 'node:path';
import type { StreamInput } from '../api/index.ts';
import { hasCode } from '../core/errors.ts';
import type { Context } from './context.ts';
import { formatSize } from './format.ts';
import type { ObjectTarget } from './parse.ts';
import { tellAway } from './progress-view.ts';

/**
 * Where a local file is to be shared from: its synced folder, or, when it is in none, the place that it is uploaded to.
 * Nothing there is ever replaced.
 */
export async function uploadBeside(
  context: Context,
  local: string,
  to: ObjectTarget,
): Promise<StreamInput<'share.make'>['target']> {
  const { signal, out } = context;
  const client = await context.client();
  try {
    await client.call('object.locate', { path: local }, signal);
    return { kind: 'path', path: local };
  } catch (error) {
    if (!hasCode(error, 'not-in-folder')) throw error;
  }
  const { account, bucket } = to;
  const directory = to.key === '' || to.key.endsWith('/') ? to.key : `${to.key}/`;
  const wished = { account, bucket, key: directory + path.basename(local).normalize('NFC') };
  const { key } = await client.call('object.freeKey', wished, signal);
  const objects = await context.objects();
  const onProgress = (done: number, total: number | undefined) =>
    out.status(`Uploading ${formatSize(done)}${total === undefined ? '' : ` of ${formatSize(total)}`}`);
  const source = { kind: 'file', path: local } as const;
  const target = { account, bucket, key, overwrite: false };
  await objects.put(source, target, onProgress, signal, tellAway(context));
  return { kind: 'object', account, bucket, key };
}
