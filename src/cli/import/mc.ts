import { z } from 'zod';
import { usageError } from '../usage.ts';
import { BAD_ADDRESS, originOf, unusable, type Remote } from './remote.ts';

const alias = z.object({
  url: z.string(),
  accessKey: z.string().default(''),
  secretKey: z.string().default(''),
  sessionToken: z.string().default(''),
  api: z.string().default('S3v4'),
  path: z.string().default('auto'),
});
const configuration = z.object({ version: z.string(), aliases: z.record(z.string(), alias) });

/** mc writes this where keys are still to be filled in. */
const PLACEHOLDER = /^YOUR-/;

/**
 * The aliases in the configuration of mc, the MinIO client.
 *
 * @throws SyncError invalid-argument when it is not one of version 10. What stands in it is not repeated: it holds secrets.
 */
export function readMcConfig(text: string): Remote[] {
  const read = configuration.safeParse(parseJson(text));
  if (!read.success || read.data.version !== '10') {
    throw usageError(
      'This is not a configuration of mc of version 10.',
      'Run a present mc once (`mc alias list`): it rewrites an older one. It lies in ~/.mc/config.json.',
    );
  }
  return Object.entries(read.data.aliases).map(([name, each]) => readAlias(name, each));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error quotes the text around the fault, which may be a secret.
    return undefined;
  }
}

function readAlias(
  name: string,
  { url, accessKey, secretKey, sessionToken, api, path }: z.output<typeof alias>,
): Remote {
  if (/^s3v2$/i.test(api)) {
    return unusable(name, 'It signs with version 2, which RustFS Sync does not; most servers take version 4.');
  }
  if (accessKey === '' || secretKey === '' || PLACEHOLDER.test(accessKey)) {
    return unusable(name, 'It has no keys; RustFS Sync needs an access key and a secret key.');
  }
  const endpoint = originOf(url);
  if (endpoint === undefined) return unusable(name, BAD_ADDRESS);
  const host = new URL(endpoint).hostname;
  return {
    kind: 'remote',
    name,
    endpoint,
    region: /^s3[.-]([a-z]{2}-[a-z-]+-\d)\.amazonaws\.com$/.exec(host)?.[1] ?? 'us-east-1',
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    ...(sessionToken !== '' && { sessionToken }),
    pathStyle: isPathStyle(path, host),
    notes: [],
  };
}

/** `auto` is the bucket in the host name where the server is Amazon's or Google's, as mc does it. */
function isPathStyle(path: string, host: string): boolean {
  if (path === 'on' || path === 'path') return true;
  if (path === 'off' || path === 'dns') return false;
  return !/(^|\.)(amazonaws\.com(\.cn)?|storage\.googleapis\.com)$/.test(host);
}
