import type { CommandOutput, CommandRequest, TrialInfo } from '../api/index.ts';
import { asSyncError, SyncError } from '../core/errors.ts';
import type { AccountRow } from '../state/index.ts';
import type { TrialServer } from '../trial/index.ts';
import type { Engine } from './engine.ts';
import { relativeTo } from './folders.ts';
import type { TrialPlaces } from './trial-places.ts';
import { trialRows } from './trial-rows.ts';
import { Turns } from './turns.ts';

/** The name of the account, with a number where it is taken. */
const ACCOUNT = { en: 'Trial', 'zh-CN': '试用' } as const;

type Ended = CommandOutput<'trial.end'>;

/**
 * A throw-away server that lives as long as this engine, with its account and its folders.
 *
 * What there is of a trial is written down before it is made, so that after a crash the next engine finds all of it, and
 * knows that its server is gone.
 */
export class Trial {
  readonly #engine: Engine;
  readonly #places: TrialPlaces | undefined;
  readonly #turns = new Turns();
  #server: TrialServer | undefined;
  #info: TrialInfo | undefined;

  /** @param places undefined where there is no disk for one. */
  constructor(engine: Engine, places: TrialPlaces | undefined) {
    this.#engine = engine;
    this.#places = places;
  }

  /** The trial that runs. */
  get info(): TrialInfo | undefined {
    return this.#info;
  }

  /** @throws SyncError disk-error, not-supported */
  start(request: CommandRequest<'trial.start'>, signal: AbortSignal): Promise<TrialInfo> {
    return this.#turns.take(async () => {
      if (this.#info !== undefined) return this.#info;
      const places = this.#required();
      try {
        this.#info = await this.#begin(places, request, signal);
      } catch (error) {
        await this.#clear();
        throw error;
      }
      this.#engine.configured();
      return this.#info;
    });
  }

  /** Ends the trial that runs; nothing where none does. */
  end(): Promise<Ended> {
    return this.#turns.take(() => this.#clear());
  }

  /**
   * To be called once an engine may write, before it does anything: removes the account and the folders of a trial whose
   * engine was killed. Their server is gone, and what is missing there was not deleted by anybody.
   */
  clearDead(): void {
    if (this.#remembered() === undefined) return;
    const accounts = this.#forgetRows();
    this.#engine.configured();
    void this.#engine.track(this.#turns.take(() => this.#removeRest(accounts))).catch((error: unknown) => {
      // It is tried again at the next start.
      this.#log.warn('An earlier trial could not be cleared', { error: asSyncError(error).message });
    });
  }

  async #begin(
    places: TrialPlaces,
    { language, place }: CommandRequest<'trial.start'>,
    signal: AbortSignal,
  ): Promise<TrialInfo> {
    const { state } = this.#engine.parts;
    const server = await places.startServer(language).catch(diskError);
    this.#server = server;
    const { accessKeyId, bucket } = server;
    const sampleRoot = await places.freeSamplePath(language, place).catch(diskError);
    state.settings.rememberTrial({ accessKeyId, sampleRoot });
    await places.makeSample(sampleRoot, language).catch(diskError);
    const account = this.#freeName(ACCOUNT[language]);
    await this.#engine.accounts.add(
      {
        name: account,
        endpoint: server.endpoint,
        region: 'us-east-1',
        accessKeyId,
        secretAccessKey: server.secretAccessKey,
        pathStyle: true,
        // It opens nothing once the server is gone, and is not worth a question of the keychain.
        storeSecretInFile: true,
      },
      signal,
    );
    return { account, bucket, sampleRoot };
  }

  async #clear(): Promise<Ended> {
    const { parts, runners } = this.#engine;
    const remembered = this.#remembered();
    if (remembered === undefined) {
      await this.#closeServer();
      return {};
    }
    for (const folder of trialRows(parts.state).folders) await runners.forget(folder.id);
    const accounts = this.#forgetRows();
    const isGone = await this.#removeRest(accounts);
    return isGone ? {} : { keptSampleRoot: remembered.sampleRoot };
  }

  /** What the state has of it, at once, but for the note that there is more to be removed. @returns its accounts. */
  #forgetRows(): AccountRow[] {
    const { state } = this.#engine.parts;
    const { accounts, folders } = trialRows(state);
    state.transaction(() => {
      for (const { id } of folders) state.folders.delete(id);
      for (const { id } of accounts) state.accounts.delete(id);
    });
    return accounts;
  }

  /** @returns whether the folder of samples is gone. */
  async #removeRest(accounts: readonly AccountRow[]): Promise<boolean> {
    const { connections, environment, state } = this.#engine.parts;
    for (const { id, secretPlace } of accounts) {
      await connections.forget(id);
      await environment.secrets.delete(id, secretPlace);
    }
    await this.#closeServer();
    const isGone = await this.#removeSample();
    state.settings.rememberTrial(undefined);
    this.#info = undefined;
    this.#engine.configured();
    return isGone;
  }

  async #removeSample(): Promise<boolean> {
    const sampleRoot = this.#remembered()?.sampleRoot;
    if (sampleRoot === undefined) return true;
    // By now it may be synced with a server of the person's own.
    const isSynced = this.#engine.parts.state.folders
      .list()
      .some(({ localRoot }) => (relativeTo(localRoot, sampleRoot) ?? relativeTo(sampleRoot, localRoot)) !== undefined);
    if (isSynced) return false;
    try {
      return (await this.#places?.removeSample(sampleRoot)) ?? false;
    } catch (error) {
      this.#log.warn('The folder of samples could not be removed', { error: asSyncError(error).message });
      return false;
    }
  }

  async #closeServer(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.close();
    await this.#places?.removeServerFiles();
  }

  #freeName(wanted: string): string {
    const { accounts } = this.#engine.parts.state;
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (accounts.byName(name) === undefined) return name;
    }
  }

  #remembered() {
    return this.#engine.parts.state.settings.trial();
  }

  get #log() {
    return this.#engine.parts.environment.log;
  }

  #required(): TrialPlaces {
    if (this.#places !== undefined) return this.#places;
    throw new SyncError({
      code: 'not-supported',
      message: 'There is no place for a throw-away server here.',
      advice: 'Connect a server of your own.',
    });
  }
}

function diskError(cause: unknown): never {
  throw new SyncError({
    code: 'disk-error',
    message: 'The throw-away server or its folder of samples could not be made.',
    advice: 'Look whether the disk is full, and whether you may write to your documents.',
    detail: asSyncError(cause).message,
    cause,
  });
}
