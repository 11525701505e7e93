import type { Client } from '../api/index.ts';
import { createFileLog, defaultHome, openEngine, type ObjectTransfers as EngineTransfers } from '../engine/index.ts';
import { join } from 'node:path';

export type { GetDestination, ObjectRef, OnProgress, PutSource, TransferredObject } from '../engine/index.ts';

/** Single objects to and from this computer. */
export type ObjectTransfers = Pick<EngineTransfers, 'put' | 'get'>;

/** What the command line needs of an engine. */
export interface Host {
  readonly client: Client;
  /** Bytes of objects do not cross the contract. */
  readonly objects: ObjectTransfers;
  close(): Promise<void>;
}

export type OpenHost = () => Promise<Host>;

/** Hosts an engine in this process, for the length of a command. */
export async function openHost(): Promise<Host> {
  const home = defaultHome(process.env, process.platform);
  const { client, engine, setAside, restored, close } = openEngine(home, (directory) =>
    createFileLog(join(directory, 'engine.log'), process.env['RUSTFS_SYNC_DEBUG'] === '1'),
  );
  if (setAside !== undefined || restored) {
    const what = setAside === undefined ? 'was not there' : `could not be read and was set aside as ${setAside}`;
    const then = restored ? 'Accounts and folders were restored from their copy' : 'Add accounts and folders again';
    process.stderr.write(
      `warning: The state ${what}.\n  ${then}; equal files are recognised and nothing is deleted.\n`,
    );
  }
  return { client, objects: engine.transfers, close };
}
