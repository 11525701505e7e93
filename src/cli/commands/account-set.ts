import path from 'node:path';
import type { CommandInput } from '../../api/index.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { publicAccount, readKeys, readProxySecret, readToken, type ServerOptions } from '../account-input.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { visible } from '../format.ts';
import { parseFingerprint, parseProxy, parsePublicEndpoint } from '../parse-server.ts';
import { parseAccountName } from '../parse.ts';
import { usageError } from '../usage.ts';

interface SetOptions extends ServerOptions {
  readonly pathStyle?: true;
  readonly storeSecretInKeychain?: true;
}

type Change = Omit<CommandInput<'account.set'>, 'name'>;

/** `account set`. */
export function addSetCommand(account: CliCommand, run: Run): void {
  account
    .command('set')
    .description('Change the keys of an account, or how its server is reached. Its folders go on with that at once.')
    .hideArguments()
    .argument('<name>', 'name of the account', parseAccountName)
    .option('--access-key <key>', 'access key; its secret key is needed too')
    .option('--secret-key-stdin', 'read the secret key from stdin; at a terminal it is asked for')
    .option('--secret-key-env <variable>', 'read the secret key from this environment variable')
    .option('--session-token-env <variable>', 'read a session token from this environment variable')
    .option('--region <region>', 'region to sign requests for')
    .option('--ca <file>', 'PEM file with the certificate authority to trust; "none" for those of this computer')
    .option(
      '--trust-fingerprint <sha256>',
      'trust the server whose certificate has this fingerprint; "none" for any that is signed as usual',
      orNone(parseFingerprint),
    )
    .option('--proxy <url>', 'HTTP proxy to go through; "none" for none', orNone(parseProxy))
    .option('--proxy-user <name>', 'name for a proxy that asks for one')
    .option('--proxy-password-env <variable>', 'read the password for the proxy from this environment variable')
    .option(
      '--public-endpoint <url>',
      'address that links name, for a server behind a proxy; "none" for the endpoint itself',
      orNone(parsePublicEndpoint),
    )
    .option('--path-style', 'put the bucket into the path of the address, as nearly all servers want it')
    .option('--virtual-host-style', 'put the bucket into the host name, for servers that want it there')
    .option('--store-secret-in-file', 'keep the secret in a file that only you can read')
    .option('--store-secret-in-keychain', "keep the secret in the system's keychain")
    .addHelpText(
      'after',
      '\nWhat is not given stays as it is, and nothing is changed unless the server takes\nthe keys. A new secret key takes the session token of the old one away. Links\nthat were made with a key end when the server no longer knows it. Another server\nis another account.\n\nA proxy that links name has to hand on the path and the Host header as they\ncome: links are signed for both.',
    )
    .examples(
      ['rustfs-sync account set home --access-key alice-2', 'After a change of keys; the secret key is asked for'],
      ['rustfs-sync account set home --secret-key-stdin', 'Enter the secret key again'],
      ['rustfs-sync account set home --region eu-1', 'Sign for another region'],
      ['rustfs-sync account set home --public-endpoint https://share.example.com', 'Make links for people outside'],
    )
    .action(run(setAccount));
}

/** Reads an option that the word `none` takes away. */
function orNone(parse: (text: string) => string): (text: string) => string {
  return (text) => (text === 'none' ? text : parse(text));
}

function nullForNone(text: string | undefined): string | null | undefined {
  return text === 'none' ? null : text;
}

async function setAccount(context: Context, name: string, options: SetOptions): Promise<undefined> {
  const change = await readChange(context, options);
  const client = await context.client();
  const account = await client.call('account.set', { name, ...change }, context.signal);
  const { publicEndpoint, ...signingIn } = change;
  const sentences = [
    ...(Object.keys(signingIn).length > 0 ? [`Changed the account ${name}: the server takes its keys.`] : []),
    ...(publicEndpoint === undefined
      ? []
      : [`Links to ${name} name ${visible(account.publicEndpoint ?? account.endpoint)}.`]),
  ];
  await tellDone(context, sentences.join('\n'), publicAccount(account));
  return undefined;
}

/** @throws SyncError invalid-argument where there is nothing to change. */
async function readChange(context: Context, options: SetOptions): Promise<Change> {
  const { accessKey, secretKeyStdin, secretKeyEnv, ca } = options;
  const givesKeys = accessKey !== undefined || secretKeyStdin === true || secretKeyEnv !== undefined;
  const change = withoutUndefined({
    region: options.region,
    accessKeyId: accessKey,
    pathStyle: either(options, 'pathStyle', 'virtualHostStyle'),
    caFile: nullForNone(ca === undefined || ca === 'none' ? ca : path.resolve(context.io.cwd, ca)),
    trustedFingerprint: nullForNone(options.trustFingerprint),
    proxy: nullForNone(options.proxy),
    ...readProxySecret(context, options),
    publicEndpoint: nullForNone(options.publicEndpoint),
    storeSecretInFile: either(options, 'storeSecretInFile', 'storeSecretInKeychain'),
    ...(givesKeys ? await readKeys(context, options) : readToken(context, options)),
  });
  if (Object.keys(change).length > 0) return change;
  throw usageError('Nothing to change was given.', 'What can be changed: rustfs-sync account set --help');
}

type Switch = 'pathStyle' | 'virtualHostStyle' | 'storeSecretInFile' | 'storeSecretInKeychain';

/** True for the first of two switches, false for the second. @throws SyncError invalid-argument for both. */
function either(options: SetOptions, yes: Switch, no: Switch): boolean | undefined {
  if (options[yes] !== true) return options[no] === true ? false : undefined;
  if (options[no] !== true) return true;
  const typed = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw usageError(`${typed(yes)} and ${typed(no)} exclude each other.`, 'Give one of the two.');
}
