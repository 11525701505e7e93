import type { ShareKind } from '../../api/index.ts';
import { warningText } from '../../api/texts/index.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import { formatRemaining, formatTable, formatTarget, formatTime } from '../format.ts';
import { quote, usageError } from '../usage.ts';

const KINDS: Readonly<Record<ShareKind, string>> = {
  download: 'download',
  upload: 'upload',
  page: 'page of links',
  zip: 'zip',
};

/** `shares`: the links that were made here. */
export function addSharesCommands(program: CliCommand, run: Run): void {
  const shares = program
    .command('shares')
    .description('The links that were made here and still work.')
    .helpCommand(false)
    .examples(['rustfs-sync shares', 'List them'], ['rustfs-sync shares link 3', 'Print one again']);

  shares
    .command('list', { isDefault: true })
    .description('List the links that still work.')
    .examples(['rustfs-sync shares list', 'List them'])
    .action(run(listShares));

  shares
    .command('link')
    .description('Print a link again; it ends when it would have ended.')
    .argument('<id>', 'number of the link', parseShareId)
    .option('--copy', 'put it on the clipboard rather than print it')
    .examples(['rustfs-sync shares link 3', 'Print the link'], ['rustfs-sync shares link 3 --copy', 'Copy it'])
    .action(run(printLink));

  shares
    .command('qr')
    .description('Show a link as a QR code, for a phone.')
    .argument('<id>', 'number of the link', parseShareId)
    .examples(['rustfs-sync shares qr 3', 'Show the code'])
    .action(run(showCode));

  shares
    .command('forget')
    .description('Take a link off the list.')
    .argument('<id>', 'number of the link', parseShareId)
    .addHelpText(
      'after',
      '\nThe page or zip of a folder is removed from the bucket, and its link ends. A\nlink to an object works until it expires: S3 can not call it back.',
    )
    .examples(['rustfs-sync shares forget 3', 'Take it off the list'])
    .action(run(forgetShare));
}

function parseShareId(text: string): number {
  const id = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (id > 0) return id;
  throw usageError(
    `${quote(text)} is not the number of a link.`,
    '`rustfs-sync shares` lists them with their numbers.',
  );
}

async function listShares(context: Context): Promise<undefined> {
  const { signal, out, io } = context;
  const shares = await (await context.client()).call('share.list', {}, signal);
  if (out.isJson) await out.json(shares);
  else if (shares.length === 0) await out.note('There is no link that still works. `rustfs-sync share` makes one.');
  else {
    const titles = [{ title: 'ID' }, { title: 'FOR' }, { title: 'MADE' }, { title: 'ENDS IN' }, { title: 'OBJECT' }];
    const rows = shares.map((share) => [
      String(share.id),
      KINDS[share.kind],
      formatTime(share.createdMs),
      formatRemaining(share.expiresMs - io.clock.now()),
      formatTarget(share, share.key),
    ]);
    await out.lines(formatTable(titles, rows));
  }
  return undefined;
}

async function printLink(context: Context, id: number, { copy }: { readonly copy?: true }): Promise<undefined> {
  const { io, out, signal } = context;
  const share = await (await context.client()).call('share.link', { id }, signal);
  if (copy === true) {
    await io.desktop.copy(share.url);
    await tellDone(context, 'Copied the link.', { id, copied: true });
  } else if (out.isJson) await out.json(share);
  else await out.line(share.url);
  for (const warning of share.warnings) await out.caution(warningText(warning, out.language));
  return undefined;
}

/** Two rows of the code in one line of the terminal: dark on light, whatever the colours of the terminal are. */
async function showCode(context: Context, id: number): Promise<undefined> {
  const { signal, out } = context;
  const { url } = await (await context.client()).call('share.link', { id }, signal);
  const { default: qrcode } = await import('qrcode-generator');
  const code = qrcode(0, 'L');
  code.addData(url);
  code.make();
  const size = code.getModuleCount();
  const lines: string[] = [];
  const isDark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < size && column < size && code.isDark(row, column);
  for (let row = -2; row < size + 2; row += 2) {
    let line = '';
    for (let column = -2; column < size + 2; column++) {
      line += ['█', '▀', '▄', ' '][(isDark(row, column) ? 2 : 0) + (isDark(row + 1, column) ? 1 : 0)] ?? '';
    }
    lines.push(line);
  }
  await (out.isJson ? out.json({ id, url, lines }) : out.lines(lines));
  return undefined;
}

async function forgetShare(context: Context, id: number): Promise<undefined> {
  const { ended } = await (await context.client()).call('share.forget', { id }, context.signal);
  const sentence = ended
    ? 'Removed what was made for the link: it does not work any more.'
    : 'Taken off the list. The link itself works until it expires.';
  await tellDone(context, sentence, { id, ended });
  return undefined;
}
