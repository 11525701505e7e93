import { homedir } from 'node:os';
import type { Log } from '../src/core/environment.ts';
import { asSyncError, SyncError } from '../src/core/errors.ts';
import {
  integrationFor,
  managersHere,
  managersOf,
  systemLanguage,
  type Integration,
  type Surroundings,
} from '../src/desktop/index.ts';
import { ownAppImage } from './app-image.ts';

/** What the integrations need to know, from inside the app. An AppImage is another file than what runs of it. */
export function appSurroundings(state: string): Surroundings {
  const { env, platform, execPath } = process;
  const program = [ownAppImage() ?? execPath];
  return { env, platform, home: homedir(), program, state, language: systemLanguage() };
}

/**
 * `integrate install`, `integrate status` or `integrate remove`, for people who have the app alone. The file managers of this
 * system; the Explorer's menu is kept by the app that runs.
 *
 * @param say takes a line for each file manager.
 * @throws SyncError invalid-argument for another word; name-taken, not-supported when a file manager's files are not as they should be.
 */
export async function integrate(
  act: string | undefined,
  surroundings: Surroundings,
  say: (line: string) => void,
): Promise<void> {
  if (act !== 'install' && act !== 'status' && act !== 'remove') throw unknownAct(act);
  const managers = act === 'remove' ? managersOf(surroundings.platform) : managersHere(surroundings);
  for (const manager of managers.filter((each) => each !== 'windows')) {
    const integration = integrationFor(manager, surroundings, []);
    if (act === 'install') await integration.install();
    if (act === 'remove') await integration.remove();
    say(`${manager}: ${await integration.state()} ${integration.places.join(', ')}`);
  }
}

function unknownAct(act = ''): SyncError {
  return new SyncError({
    code: 'invalid-argument',
    message: `${JSON.stringify(act)} is nothing that can be done with the menus of file managers.`,
    advice: 'Say integrate install, integrate status or integrate remove.',
  });
}

/** Shows the Explorer's verb in the synced folders as they come and go. One change at a time; the last one counts. */
export class ExplorerVerb {
  readonly #verbFor: (roots: readonly string[]) => Integration;
  readonly #log: Log;
  #shown: string | undefined;
  #changing = Promise.resolve();

  constructor(verbFor: (roots: readonly string[]) => Integration, log: Log) {
    this.#verbFor = verbFor;
    this.#log = log;
  }

  /** @param roots of the synced folders, in any order; told again and again. */
  show(roots: readonly string[]): void {
    const sorted = roots.toSorted();
    const wanted = JSON.stringify(sorted);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#changing = this.#changing.then(() => this.#bringUpToDate(wanted, sorted));
  }

  /** Resolves when what was shown last is in the registry. */
  settled(): Promise<void> {
    return this.#changing;
  }

  async #bringUpToDate(wanted: string, roots: readonly string[]): Promise<void> {
    if (wanted !== this.#shown) return;
    try {
      const verb = this.#verbFor(roots);
      // At most starts nothing has changed, and reading is cheaper.
      if ((await verb.state()) !== 'installed') await verb.install();
    } catch (error) {
      this.#log.warn('The menu of the Explorer could not be changed', { error: asSyncError(error).message });
    }
  }
}
