import type { AccountInfo } from '../api/index.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import type { Context } from './context.ts';
import { readSecretKey, readVariable, type SecretOptions } from './secret.ts';

/** What `account add` and `account set` have in common. */
export interface ServerOptions extends SecretOptions {
  readonly accessKey?: string;
  readonly sessionTokenEnv?: string;
  readonly region?: string;
  readonly ca?: string;
  readonly trustFingerprint?: string;
  readonly proxy?: string;
  readonly proxyUser?: string;
  readonly proxyPasswordEnv?: string;
  readonly publicEndpoint?: string;
  readonly virtualHostStyle?: true;
  readonly storeSecretInFile?: true;
}

/** The secret key, and the session token where one is given. Neither is ever printed from then on. */
export async function readKeys(
  context: Context,
  options: Pick<ServerOptions, keyof SecretOptions | 'accessKey' | 'sessionTokenEnv'>,
): Promise<{ secretAccessKey: string; sessionToken?: string }> {
  const secretAccessKey = await readSecretKey(context, options);
  if (secretAccessKey !== options.accessKey) context.hideSecret(secretAccessKey);
  return { secretAccessKey, ...readToken(context, options) };
}

/** The session token, where one is given. */
export function readToken(
  context: Context,
  { sessionTokenEnv }: Pick<ServerOptions, 'sessionTokenEnv'>,
): { sessionToken?: string } {
  if (sessionTokenEnv === undefined) return {};
  const sessionToken = readVariable(context.io.env, sessionTokenEnv, '--session-token-env');
  context.hideSecret(sessionToken);
  return { sessionToken };
}

/** The name and password for the proxy, where they are given. The password is never printed. */
export function readProxySecret(
  context: Context,
  { proxyUser, proxyPasswordEnv }: Pick<ServerOptions, 'proxyUser' | 'proxyPasswordEnv'>,
): { proxyUser?: string; proxyPassword?: string } {
  if (proxyPasswordEnv === undefined) return withoutUndefined({ proxyUser });
  const proxyPassword = readVariable(context.io.env, proxyPasswordEnv, '--proxy-password-env');
  context.hideSecret(proxyPassword);
  return { proxyPassword, ...withoutUndefined({ proxyUser }) };
}

/** Field by field, so that nothing more than this is ever printed. */
export function publicAccount(account: AccountInfo): AccountInfo {
  const { id, name, endpoint, region, accessKeyId, pathStyle, secretPlace } = account;
  const { caFile, trustedFingerprint, proxy, publicEndpoint } = account;
  const shown = { id, name, endpoint, region, accessKeyId, pathStyle, secretPlace };
  return { ...shown, ...withoutUndefined({ caFile, trustedFingerprint, proxy, publicEndpoint }) };
}
