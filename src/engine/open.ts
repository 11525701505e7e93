import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { connectInProcess, type Client } from '../api/index.ts';
import type { Environment, Log } from '../core/environment.ts';
import { asSyncError } from '../core/errors.ts';
import { StateStore, type Alone } from '../state/index.ts';
import { computerStart } from './computer-start.ts';
import { restoreConfigCopy, saveConfigCopy } from './config-copy.ts';
import { Engine } from './engine.ts';
import { lockEngine } from './lock.ts';
import { watchNetwork } from './network-watch.ts';
import { createNodeEnvironment } from './node-environment.ts';
import { recordsIn } from './records.ts';
import { listen } from './service.ts';
import { stateError } from './state-error.ts';
import { systemClock } from './system-clock.ts';
import { trialPlacesIn } from './trial-places.ts';

/** An engine in this process, and the client that speaks to it. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly client: Client;
  /** Where a state database that could not be read was set aside. */
  readonly setAside: string | undefined;
  /** Whether the database was lost and accounts and folders were taken from their copy. */
  readonly restored: boolean;
  readonly close: () => Promise<void>;
}

/**
 * Opens the engine whose state lies in `home`, which is made when it is not there. Nothing syncs yet;
 * once it does, or writes anything, it holds the lock of its state, and other processes reach it through a socket. What has to be
 * done to the state before it can be used at all is done under that lock too.
 *
 * @param createLog makes the log once `home` is there.
 * @param adapt puts something between the engine and its effects, as tests do.
 * @param homeDirectory where picking a folder begins, and where a trial makes its samples.
 * @throws SyncError state-too-new; engine-busy where the state is to be made ready and somebody uses it; disk-full, disk-error, file-unreadable where the state can not be kept there.
 */
export function openEngine(
  home: string,
  createLog: (home: string) => Log,
  adapt: (environment: Environment) => Environment = (environment) => environment,
  homeDirectory = homedir(),
): OpenedEngine {
  try {
    return openIn(home, createLog, adapt, homeDirectory);
  } catch (error) {
    throw stateError(error, home);
  }
}

function openIn(
  home: string,
  createLog: (home: string) => Log,
  adapt: (environment: Environment) => Environment,
  homeDirectory: string,
): OpenedEngine {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const environment = adapt(createNodeEnvironment(home, createLog(home)));
  const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-');
  const alone: Alone = (work) => {
    const lock = lockEngine(home);
    try {
      return work();
    } finally {
      lock.release();
    }
  };
  const configCopy = join(home, 'config.json');
  const state = StateStore.open(join(home, 'state.db'), stamp, alone);
  let restored: boolean;
  try {
    restored = restoreConfigCopy(state, configCopy, alone);
  } catch (error) {
    state.close();
    throw error;
  }
  const engine = new Engine(environment, state, {
    deviceName: hostname(),
    takeLock: () => lockEngine(home),
    disk: { homeDirectory, makeDirectory: (path) => mkdir(path) },
    listen: async () => {
      const network = watchNetwork(systemClock, engine);
      const service = await listen(home, client, environment.log).catch((error: unknown) => {
        // Others can not reach it then and say so; what is synced is as safe.
        environment.log.error('The engine does not listen', { error: asSyncError(error).message });
        return undefined;
      });
      return {
        close: async () => {
          network.cancel();
          await service?.close();
        },
      };
    },
    records: recordsIn(home, systemClock),
    computerStart: computerStart(),
    trial: trialPlacesIn(home, homeDirectory, environment.log),
    configured: () => saveConfigCopy(state, configCopy),
  });
  const client = connectInProcess(engine.handlers, engine.streamHandlers);
  return {
    engine,
    client,
    setAside: state.setAside,
    restored,
    close: async () => {
      await engine.stop();
      state.close();
    },
  };
}
