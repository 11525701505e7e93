// Not by its index: a command that asks an engine that runs needs neither database nor S3 client, and starts sooner without.
import { reportCrashes } from '../engine/crash-report.ts';
import { defaultHome } from '../engine/home.ts';
import { openHost as openEngineHost, type Host } from '../engine/host.ts';

export type {
  GetDestination,
  Host,
  ObjectRef,
  ObjectTransfers,
  OnAway,
  OnProgress,
  PutSource,
  TransferredObject,
} from '../engine/index.ts';

/** @param home where the state lies; where the person's own is, unless told. */
export type OpenHost = (home?: string) => Promise<Host>;

/** The engine for the length of a command. */
export async function openHost(home = defaultHome(process.env, process.platform)): Promise<Host> {
  reportCrashes(home, 'command', (error, report) => {
    const where = report === undefined ? 'It could not be written down.' : `What is known of it is in ${report}.`;
    process.stderr.write(
      `error: RustFS Sync met a defect of its own and ended (${error.name}). Nothing was lost.\n` +
        `  ${where} To report it: rustfs-sync diagnose\n`,
    );
    process.exit(3);
  });
  return openEngineHost(home, {
    warn({ setAside, restored }) {
      const what = setAside === undefined ? 'was not there' : `could not be read and was set aside as ${setAside}`;
      const then = restored
        ? 'Accounts, folders and settings were restored from their copy'
        : 'Add accounts and folders again';
      process.stderr.write(
        `warning: The state ${what}.\n  ${then}; equal files are recognised and nothing is deleted.\n`,
      );
    },
    waiting(processId) {
      const who = processId === undefined ? '' : ` (process ${processId})`;
      process.stderr.write(`Another rustfs-sync command is at work${who}; waiting for it to end ...\n`);
    },
  });
}
