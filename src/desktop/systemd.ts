import { readlink, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Integration } from './integration.ts';
import { MARKER, OwnedFiles, readIfThere } from './owned-files.ts';
import { configDirectory, type Surroundings } from './surroundings.ts';

/** The name of the unit, as systemctl takes it. */
export const UNIT = 'rustfs-sync.service';

/**
 * A service of this person for systemd, which syncs without anybody being signed in.
 *
 * @param args of the command that runs: `sync`, or `serve` with a port.
 */
export function systemdService(surroundings: Surroundings, args: readonly string[]): Integration {
  const file = unitFile(surroundings);
  const unit = new OwnedFiles([{ path: file, text: unitText(surroundings, args) }]);
  return {
    places: unit.places,
    state: () => unit.state(),
    install: () => unit.install(),
    async remove() {
      await unit.remove();
      await removeEnabling(file);
    },
  };
}

/** `systemctl enable` made a link to the unit; `disable` does not know a unit without its file any more. */
async function removeEnabling(file: string): Promise<void> {
  const link = join(dirname(file), 'default.target.wants', UNIT);
  const target = await readlink(link).catch(() => undefined);
  // Not removed: it was somebody else's.
  const isLeft = (await readIfThere(file)) !== undefined;
  if (target !== undefined && resolve(dirname(link), target) === file && !isLeft) await rm(link, { force: true });
}

/** The port with which the unit that is there shows the window, if it does. */
export async function servicePort(surroundings: Surroundings): Promise<string | undefined> {
  const text = await readIfThere(unitFile(surroundings));
  return /^ExecStart=.* serve --port (\d+)$/m.exec(text ?? '')?.[1];
}

function unitFile(surroundings: Surroundings): string {
  return join(configDirectory(surroundings), 'systemd', 'user', UNIT);
}

function unitText({ program, env, state }: Surroundings, args: readonly string[]): string {
  const isChosen = (env['RUSTFS_SYNC_HOME'] ?? '') !== '';
  const environment = isChosen ? `Environment=${systemdQuote(`RUSTFS_SYNC_HOME=${state}`)}\n` : '';
  return `# ${MARKER}: "rustfs-sync service install" writes this file anew, "rustfs-sync service remove" takes it away.
[Unit]
Description=RustFS Sync: keeps folders and buckets in step

[Service]
Type=exec
${environment}ExecStart=${[...program, ...args].map((arg) => systemdQuote(arg, true)).join(' ')}
Restart=on-failure
RestartSec=10
# 1 is wrong usage: the same command would fail again.
RestartPreventExitStatus=1
# 3 is that not all is in sync, as when it is stopped in the middle: no failure then. By itself it ends so after an error alone.
SuccessExitStatus=3
RestartForceExitStatus=3
# Transfers note how far they are; the next start goes on from there.
TimeoutStopSec=60
# It reads and writes the person's files wherever they are, and speaks to servers and to the commands of the same person.
# For everything else it has no need. No PrivateTmp: the socket for the commands may lie there.
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
# What is not allowed fails, rather than end the program.
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
`;
}

/** An argument in the syntax of unit files. @param isCommand whether variables would be put in. */
function systemdQuote(text: string, isCommand = false): string {
  const plain = isCommand ? text.replaceAll('$', '$$$$') : text;
  const escaped = plain.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('\n', '\\n');
  return /^[\w./:=@-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
