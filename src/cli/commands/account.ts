import path from 'node:path';
import type { CommandInput } from '../../api/index.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { publicAccount, readKeys, readProxySecret, type ServerOptions } from '../account-input.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { countOf, formatTable, visible } from '../format.ts';
import { parseEndpoint, parseFingerprint, parseProxy, parsePublicEndpoint } from '../parse-server.ts';
import { parseAccountName } from '../parse.ts';
import { addSetCommand } from './account-set.ts';

interface AddOptions extends ServerOptions {
  readonly endpoint: string;
  readonly accessKey: string;
}

/** `account`: servers and the keys to sign in with. */
export function addAccountCommands(program: CliCommand, run: Run): void {
  const account = program
    .command('account')
    .description('Manage accounts: a server and the keys to sign in with.')
    .helpCommand(false)
    .examples(['rustfs-sync account list', 'Show all accounts']);

  account
    .command('add')
    .description('Add an account.')
    .hideArguments()
    .argument('<name>', 'a short name for it, used in all other commands', parseAccountName)
    .requiredOption('--endpoint <url>', 'address of the server', parseEndpoint)
    .requiredOption('--access-key <key>', 'access key')
    .option('--secret-key-stdin', 'read the secret key from stdin')
    .option('--secret-key-env <variable>', 'read the secret key from this environment variable')
    .option('--session-token-env <variable>', 'read a session token from this environment variable')
    .option('--region <region>', 'region to sign requests for (default: us-east-1)')
    .option('--ca <file>', 'PEM file with the certificate authority to trust')
    .option('--trust-fingerprint <sha256>', 'trust the server whose certificate has this fingerprint', parseFingerprint)
    .option('--proxy <url>', 'HTTP proxy to go through', parseProxy)
    .option('--proxy-user <name>', 'name for a proxy that asks for one')
    .option('--proxy-password-env <variable>', 'read the password for the proxy from this environment variable')
    .option('--public-endpoint <url>', 'address that links name, for a server behind a proxy', parsePublicEndpoint)
    .option('--virtual-host-style', 'put the bucket into the host name, for servers that want it there')
    .option('--store-secret-in-file', 'keep the secret in a file that only you can read, not in the keychain')
    .addHelpText(
      'after',
      '\nAt a terminal, the secret key is asked for when neither option gives it. The\naccount is added once the server has answered and taken the keys.',
    )
    .examples(
      [
        'rustfs-sync account add home --endpoint https://nas.example:9000 --access-key alice',
        'Add an account; the secret key is asked for',
      ],
      [
        'pass nas | rustfs-sync account add home --endpoint https://nas.example:9000 --access-key alice --secret-key-stdin',
        'Take the secret key from a password manager',
      ],
    )
    .action(run(addAccount));

  account
    .command('list')
    .description('List the accounts.')
    .examples(['rustfs-sync account list', 'Show all accounts'])
    .action(run(listAccounts));

  account
    .command('test')
    .description('Reach the server and sign in.')
    .argument('<name>', 'name of the account', parseAccountName)
    .examples(['rustfs-sync account test home', 'See whether the server answers and takes the keys'])
    .action(run(testAccount));

  addSetCommand(account, run);

  account
    .command('remove')
    .description(
      'Forget an account and its keys. Buckets and files stay as they are; links to folders that were made with it end.',
    )
    .argument('<name>', 'name of the account', parseAccountName)
    .examples(['rustfs-sync account remove home', 'Forget the account "home"'])
    .action(run(removeAccount));
}

async function addAccount(context: Context, name: string, options: AddOptions): Promise<undefined> {
  const input: CommandInput<'account.add'> = {
    name,
    endpoint: options.endpoint,
    accessKeyId: options.accessKey,
    ...(await readKeys(context, options)),
    pathStyle: options.virtualHostStyle !== true,
    storeSecretInFile: options.storeSecretInFile ?? false,
    ...withoutUndefined({
      region: options.region,
      caFile: options.ca === undefined ? undefined : path.resolve(context.io.cwd, options.ca),
      trustedFingerprint: options.trustFingerprint,
      proxy: options.proxy,
      ...readProxySecret(context, options),
      publicEndpoint: options.publicEndpoint,
    }),
  };

  const client = await context.client();
  const added = await client.call('account.add', input, context.signal);
  await tellDone(
    context,
    `Added the account ${visible(added.name)} (${visible(added.endpoint)}).`,
    publicAccount(added),
  );
  await context.out.note(`Next, choose what to sync: rustfs-sync folder add LOCAL_DIR ${visible(added.name)}:BUCKET`);
  return undefined;
}

async function listAccounts(context: Context): Promise<undefined> {
  const client = await context.client();
  const accounts = await client.call('account.list', {}, context.signal);
  if (context.out.isJson) await context.out.json(accounts.map(publicAccount));
  else if (accounts.length === 0) await context.out.note('There is no account. `rustfs-sync account add` adds one.');
  else {
    const titles = [
      { title: 'NAME' },
      { title: 'ENDPOINT' },
      { title: 'REGION' },
      { title: 'ACCESS KEY' },
      { title: 'SECRET IN' },
    ];
    const rows = accounts.map((each) => [each.name, each.endpoint, each.region, each.accessKeyId, each.secretPlace]);
    await context.out.lines(formatTable(titles, rows));
  }
  return undefined;
}

async function testAccount(context: Context, name: string): Promise<undefined> {
  const client = await context.client();
  const { buckets } = await client.call('account.test', { name }, context.signal);
  const sentence = `The server answers and takes the keys of ${name}. ${countOf(buckets, 'bucket')} can be seen.`;
  await tellDone(context, sentence, { account: name, ok: true, buckets });
  return undefined;
}

async function removeAccount(context: Context, name: string): Promise<undefined> {
  const client = await context.client();
  await client.call('account.remove', { name }, context.signal);
  await tellDone(context, `Removed the account ${name}.`, { account: name, removed: true });
  return undefined;
}
