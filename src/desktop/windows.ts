import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import { SyncError } from '../core/errors.ts';
import type { Integration, IntegrationState } from './integration.ts';
import { TITLES, shareCommand, type Surroundings } from './surroundings.ts';

/** Runs reg.exe with these arguments. Resolves with what it printed, or undefined when there is no such key or value. */
export type RunReg = (args: readonly string[]) => Promise<string | undefined>;

/** Of this person alone; files and directories alike. The uninstaller removes the same key (build/installer.nsh). */
export const VERB_KEY = 'HKCU\\Software\\Classes\\AllFilesystemObjects\\shell\\RustFSSync.CopyLink';
const COMMAND_KEY = `${VERB_KEY}\\command`;
/** A value of our own that says what the others were made of: reg.exe prints those in a code page that varies. */
const MADE_OF = 'RustFSSyncMadeOf';

/** A verb of the Explorer, shown for what lies in synced folders alone. */
export class WindowsIntegration implements Integration {
  readonly places = [VERB_KEY];
  readonly #surroundings: Surroundings;
  readonly #roots: readonly string[];
  readonly #run: RunReg;

  /** @param roots of the synced folders. Without any, there is nothing to show the verb for, and it is taken away. */
  constructor(surroundings: Surroundings, roots: readonly string[], run: RunReg = runReg) {
    this.#surroundings = surroundings;
    this.#roots = roots;
    this.#run = run;
  }

  async state(): Promise<IntegrationState> {
    const found = await this.#run(['query', VERB_KEY, '/v', MADE_OF]);
    if (found === undefined) return 'absent';
    return found.includes(this.#digest) && this.#roots.length > 0 ? 'installed' : 'stale';
  }

  async install(): Promise<void> {
    if (this.#roots.length === 0) return this.remove();
    const set = (name: string, data: string) =>
      this.#run(['add', VERB_KEY, '/v', name, '/t', 'REG_SZ', '/d', data, '/f']);
    for (const [name, data] of Object.entries(this.#values)) await set(name, data);
    await this.#run(['add', COMMAND_KEY, '/ve', '/t', 'REG_SZ', '/d', this.#command, '/f']);
    // Last: a verb that is only half there is stale.
    await set(MADE_OF, this.#digest);
  }

  async remove(): Promise<void> {
    // A key that is not there is as good as removed.
    await this.#run(['delete', VERB_KEY, '/f']);
  }

  get #values(): Readonly<Record<string, string>> {
    return {
      MUIVerb: TITLES[this.#surroundings.language],
      Icon: this.#surroundings.program[0] ?? '',
      AppliesTo: appliesTo(this.#roots),
      // For several files the Explorer would start one process each, and the last one would win the clipboard.
      MultiSelectModel: 'Single',
    };
  }

  get #command(): string {
    const quoted = shareCommand(this.#surroundings).map((arg) => (/^[\w-]+$/.test(arg) ? arg : `"${arg}"`));
    return `${quoted.join(' ')} "%1"`;
  }

  get #digest(): string {
    const all = JSON.stringify([this.#values, this.#command]);
    return createHash('sha256').update(all).digest('hex');
  }
}

/** The Explorer's condition: in one of these directories, in the syntax of its search. */
function appliesTo(roots: readonly string[]): string {
  // Paths of Windows hold no quotes. The separator keeps C:\Sync2 out of C:\Sync.
  const inside = (root: string) => `System.ItemPathDisplay:~<"${root.endsWith(win32.sep) ? root : root + win32.sep}"`;
  return roots.map(inside).join(' OR ');
}

function runReg(args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile('reg.exe', [...args], { windowsHide: true }, (error, stdout) => {
      // 1 is its answer for what is not there, and for what is refused; only adding fails for no other reason.
      if (error === null) resolve(stdout);
      else if (error.code === 1 && args[0] !== 'add') resolve(undefined);
      else reject(refused(error));
    });
  });
}

function refused(cause: Error): SyncError {
  return new SyncError({
    code: 'disk-error',
    message: 'The menu of the Explorer could not be changed.',
    advice: 'Check that you may change your own part of the registry.',
    detail: cause.message,
    cause,
  });
}
