import type { Integration } from '../../desktop/index.ts';
import type { CliCommand } from '../command.ts';
import { tellDone, type Context, type Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { parsePort } from '../parse.ts';
import { surroundings, WORDS } from '../surroundings.ts';
import { usageError } from '../usage.ts';

interface InstallOptions {
  readonly port?: number;
}

/** `service`: syncing on a server or NAS, from its start on. */
export function addServiceCommands(program: CliCommand, run: Run): void {
  const service = program
    .command('service')
    .description('Sync from the start of this computer on, with nobody signed in (Linux with systemd).')
    .examples(['rustfs-sync service install', 'Write the unit, and see what to do next']);
  service
    .command('install')
    .description('Write a unit of your own for systemd; again after the program was moved.')
    .option('--port <number>', 'show the window under this port of 127.0.0.1 too', parsePort)
    .examples(
      ['rustfs-sync service install', 'Sync'],
      ['rustfs-sync service install --port 8484', 'Sync, and show the window through an SSH tunnel'],
    )
    .action(run(install));
  service
    .command('remove')
    .description('Remove the unit.')
    .examples(['rustfs-sync service remove', 'Remove it'])
    .action(run(remove));
  service
    .command('status')
    .description('Show whether the unit is there, and still fits this program.')
    .examples(['rustfs-sync service status', 'Show it'])
    .action(run(status));
}

async function install(context: Context, { port }: InstallOptions): Promise<undefined> {
  const unit = await unitFor(context, port === undefined ? undefined : String(port));
  await unit.install();
  await tellDone(context, `Written: ${unit.places.join(', ')}`, { state: await unit.state(), at: unit.places });
  await context.out.note(`Next:
  systemctl --user daemon-reload
  systemctl --user enable --now rustfs-sync
  loginctl enable-linger              # so that it runs while nobody is signed in
Secrets have to be in a file there (account add --store-secret-in-file): a keychain opens when somebody signs in.`);
  if (port !== undefined) await context.out.note(windowAddress(port));
  return undefined;
}

async function remove(context: Context): Promise<undefined> {
  const unit = await unitFor(context, undefined);
  const before = await unit.state();
  await unit.remove();
  await tellDone(context, before === 'absent' ? 'It was not there.' : 'Removed.', { state: 'absent' });
  if (before !== 'absent') await context.out.note('It goes on running until: systemctl --user stop rustfs-sync');
  return undefined;
}

async function status(context: Context): Promise<ExitCode> {
  const { servicePort } = await import('../../desktop/index.ts');
  const port = await servicePort(await surroundings(context));
  const unit = await unitFor(context, port);
  const state = await unit.state();
  if (context.out.isJson) await context.out.json({ state, at: unit.places });
  else await context.out.line(`${unit.places.join(', ')}: ${WORDS[state]}`);
  if (port !== undefined) await context.out.note(windowAddress(port));
  if (state === 'stale') await context.out.note('What is out of date is mended by: rustfs-sync service install');
  return state === 'stale' ? 3 : 0;
}

/** Where to find what only this person and the administrators may know. */
function windowAddress(port: string | number): string {
  return `The window’s address has a token that is made anew with each start. The last one:
  journalctl --user -u rustfs-sync | grep -o 'http://127.0.0.1:${port}/#.*' | tail -n 1`;
}

async function unitFor(context: Context, port: string | undefined): Promise<Integration> {
  if (context.io.platform !== 'linux') {
    throw usageError(
      'There is no systemd on this system.',
      'The app starts at login (its tray menu); elsewhere, let the system’s own scheduler run: rustfs-sync sync',
    );
  }
  const { systemdService } = await import('../../desktop/index.ts');
  return systemdService(await surroundings(context), port === undefined ? ['sync'] : ['serve', '--port', port]);
}
