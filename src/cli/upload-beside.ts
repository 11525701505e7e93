import path from 'node:path';
import type { Client, StreamInput } from '../api/index.ts';
import { hasCode } from '../core/errors.ts';
import type { Context } from './context.ts';
import { formatSize } from './format.ts';
import type { ObjectTarget } from './parse.ts';
import { usageError } from './usage.ts';

/** So many names beside one that is taken are tried. */
const MAX_NAMES = 99;

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
  const key = await freeKey(client, to, path.basename(local).normalize('NFC'), signal);
  const objects = await context.objects();
  const onProgress = (done: number, total: number | undefined) =>
    out.status(`Uploading ${formatSize(done)}${total === undefined ? '' : ` of ${formatSize(total)}`}`);
  await objects.put({ kind: 'file', path: local }, { account, bucket, key }, onProgress, signal);
  return { kind: 'object', account, bucket, key };
}

async function freeKey(
  client: Client,
  { account, bucket, key: prefix }: ObjectTarget,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const directory = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const { name: stem, ext } = path.parse(name);
  for (let attempt = 1; attempt <= MAX_NAMES; attempt++) {
    const key = `${directory}${attempt === 1 ? name : `${stem} (${attempt})${ext}`}`;
    try {
      await client.call('object.properties', { account, bucket, key }, signal);
    } catch (error) {
      if (hasCode(error, 'no-such-key')) return key;
      throw error;
    }
  }
  throw usageError(
    `There are ${MAX_NAMES} objects called ${name} in ${account}:${bucket}/${directory} already.`,
    'Choose another place with --upload-to.',
  );
}
