import path from 'node:path';
import type { CommandInput } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import { formatDuration, formatTime, visible } from '../format.ts';
import { looksRemote, parseExpiry, parseObjectTarget } from '../parse.ts';

const DEFAULT_EXPIRY_SECONDS = 24 * 3_600;

interface ShareOptions {
  readonly expires?: number;
  readonly uploadLink?: true;
}

/** `share`: links that work without an account. */
export function addShareCommand(program: CliCommand, run: Run): void {
  program
    .command('share')
    .description('Make a link to an object that anyone who has it can use until it expires.')
    .argument('<local_path|account:bucket/key>', 'a file in a synced folder, or an object')
    .option('--expires <time>', 'how long it works, up to 7d: 10m, 24h, 7d (default: 24h)', parseExpiry)
    .option('--upload-link', 'a link to send a file to, not to get it from')
    .addHelpText('after', '\nThe link alone goes to stdout. Write ./ before a local name with a colon in it.')
    .examples(
      ['rustfs-sync share ~/Pictures/party.jpg --expires 7d', 'Make a link to a file in a synced folder'],
      ['rustfs-sync share home:photos/party.jpg', 'Make a link to an object'],
      ['rustfs-sync share home:inbox/from-bob.zip --upload-link', 'Let somebody send you a file'],
    )
    .action(run(share));
}

async function share(context: Context, text: string, options: ShareOptions): Promise<undefined> {
  const { io, out } = context;
  const target = shareTarget(context, text);
  const expiresInSeconds = options.expires ?? DEFAULT_EXPIRY_SECONDS;
  const client = await context.client();
  const made = await client.call(
    'share.create',
    { target, expiresInSeconds, upload: options.uploadLink ?? false },
    context.signal,
  );
  if (out.isJson) await out.json(made);
  else await out.line(made.url);
  for (const warning of made.warnings) await out.warn(`${out.paintError('warning:', 'yellow')} ${visible(warning)}`);
  const remainingMs = Math.max(0, made.expiresMs - io.clock.now());
  await out.note(`It works until ${formatTime(made.expiresMs)}, for ${formatDuration(remainingMs)}.`);
  return undefined;
}

function shareTarget(context: Context, text: string): CommandInput<'share.create'>['target'] {
  if (looksRemote(text)) return { kind: 'object', ...parseObjectTarget(text) };
  return { kind: 'path', path: path.resolve(context.io.cwd, text) };
}
