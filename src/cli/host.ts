import { defaultHome, openHost as openEngineHost, type Host } from '../engine/index.ts';

export type {
  GetDestination,
  Host,
  ObjectRef,
  ObjectTransfers,
  OnProgress,
  PutSource,
  TransferredObject,
} from '../engine/index.ts';

export type OpenHost = () => Promise<Host>;

/** The engine for the length of a command. */
export async function openHost(): Promise<Host> {
  return openEngineHost(defaultHome(process.env, process.platform), {
    warn({ setAside, restored }) {
      const what = setAside === undefined ? 'was not there' : `could not be read and was set aside as ${setAside}`;
      const then = restored ? 'Accounts and folders were restored from their copy' : 'Add accounts and folders again';
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
