import { usageError } from '../usage.ts';
import { parseIni } from './ini.ts';
import { BAD_ADDRESS, originOf, unusable, type Remote } from './remote.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Providers that rclone speaks to by host name unless told otherwise, and that refuse the bucket in the path. */
const VIRTUAL_HOST_PROVIDERS: ReadonlySet<string> = new Set(['AWS', 'Alibaba', 'HuaweiOBS', 'Netease', 'TencentCOS']);

/** Options that change what is stored, and for which an account has no place. */
const LEFT_OUT = [
  'server_side_encryption',
  'sse_customer_key',
  'sse_customer_key_base64',
  'sse_kms_key_id',
  'storage_class',
];

/**
 * The remotes in an rclone configuration.
 *
 * @param env where the keys are of remotes with `env_auth`.
 * @throws SyncError invalid-argument when it is encrypted or no such file.
 */
export function readRcloneConfig(text: string, env: Env): Remote[] {
  if (/^RCLONE_ENCRYPT_V/m.test(text)) {
    throw usageError(
      'This rclone configuration is encrypted.',
      'Let rclone decrypt it: rclone config show | rustfs-sync import rclone --config -',
    );
  }
  const sections = parseIni(text);
  if (sections.size === 0 && text.trim() !== '') {
    throw usageError(
      'There is no [section] in it, so that it is no rclone configuration.',
      '`rclone config file` tells where the right one is.',
    );
  }
  return [...sections].map(([name, options]) => readRemote(name, options, env));
}

function readRemote(name: string, options: ReadonlyMap<string, string>, env: Env): Remote {
  const option = (key: string) => options.get(key) ?? '';
  const type = option('type');
  if (type !== 's3') {
    const kind = type === '' ? 'names no type' : `is of the type ${type}`;
    return unusable(name, `It ${kind}; only s3 can be synced with.`);
  }
  if (isOn(option('v2_auth')) || option('region') === 'other-v2-signature') {
    return unusable(name, 'It signs with version 2, which RustFS Sync does not; most servers take version 4.');
  }
  const region = option('region') || 'us-east-1';
  const provider = option('provider');
  const address = option('endpoint') || (provider === 'AWS' ? `https://s3.${region}.amazonaws.com` : '');
  if (address === '') return unusable(name, 'It names no endpoint.');
  const endpoint = originOf(address, 'https://');
  if (endpoint === undefined) return unusable(name, BAD_ADDRESS);
  const keys = keysOf(option, env);
  if (typeof keys === 'string') return unusable(name, keys);
  const pathStyle = option('force_path_style');
  const leftOut = LEFT_OUT.filter((key) => option(key) !== '');
  return {
    kind: 'remote',
    name,
    endpoint,
    region,
    ...keys,
    pathStyle: pathStyle === '' ? !VIRTUAL_HOST_PROVIDERS.has(provider) : isOn(pathStyle),
    notes: leftOut.map((key) => `${key} is not taken over.`),
  };
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The keys, or why there are none. As in rclone, those in the file come before the environment. */
function keysOf(option: (key: string) => string, env: Env): Keys | string {
  const inFile = keys(option('access_key_id'), option('secret_access_key'), option('session_token'));
  if (inFile !== undefined) return inFile;
  if (!isOn(option('env_auth'))) return 'It has no keys; RustFS Sync needs an access key and a secret key.';
  const inEnv = keys(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']);
  return (
    inEnv ??
    'It takes its keys from the environment (env_auth), where AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.'
  );
}

function keys(accessKeyId = '', secretAccessKey = '', sessionToken = ''): Keys | undefined {
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) };
}

function isOn(value: string): boolean {
  return /^(true|1|t|yes|on)$/i.test(value);
}
