import { realpath, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Integration, IntegrationState } from './integration.ts';
import { readIfThere, writeWhole } from './owned-files.ts';
import { shellCommand, xmlText } from './quoting.ts';
import { configDirectory, shareCommand, TITLES, type Surroundings } from './surroundings.ts';
import { findAction, hasActions, replaceAction } from './uca-xml.ts';

/** Thunar keeps this when it writes the file anew, and nothing else by which our action could be known. */
const ACTION_ID = 'rustfs-sync-copy-link';
const EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n</actions>\n';

/** A custom action in Thunar's one file of them. The others in it are a person's own, and stay as they are. */
export class ThunarIntegration implements Integration {
  readonly #file: string;
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#file = join(configDirectory(surroundings), 'Thunar', 'uca.xml');
    this.#surroundings = surroundings;
  }

  get places(): readonly string[] {
    return [this.#file];
  }

  async state(): Promise<IntegrationState> {
    const text = await readIfThere(this.#file);
    const found = text === undefined ? undefined : findAction(text, ACTION_ID);
    if (found === undefined) return 'absent';
    // Thunar writes the action in its own form, so that the command alone is compared.
    return found.includes(`<command>${xmlText(this.#command)}</command>`) ? 'installed' : 'stale';
  }

  async install(): Promise<void> {
    const before = await readIfThere(this.#file);
    const after = replaceAction(before ?? (await this.#systemActions()), ACTION_ID, this.#action());
    if (after === before) return;
    const isFirst = before !== undefined && findAction(before, ACTION_ID) === undefined;
    if (isFirst) await writeWhole(this.#backup, before, 0o600);
    await this.#write(after);
  }

  async remove(): Promise<void> {
    const before = await readIfThere(this.#file);
    if (before === undefined) return;
    const after = replaceAction(before, ACTION_ID, undefined);
    if (after === before) return;
    const backup = await readIfThere(this.#backup);
    // Where there was no file before, what the system gives shows again once there is none.
    const wasNone = backup === undefined && (!hasActions(after) || after === (await this.#systemActions()));
    if (wasNone) await rm(this.#file);
    else await this.#write(after);
    if (backup === after) await rm(this.#backup);
  }

  get #backup(): string {
    return `${this.#file}.before-rustfs-sync`;
  }

  /** Thunar gives this to a shell, after it has put in the files, each in quotes. */
  get #command(): string {
    return `${shellCommand(shareCommand(this.#surroundings)).replaceAll('%', '%%')} %F`;
  }

  #action(): string {
    return `<action>
	<icon>emblem-shared</icon>
	<name>${TITLES.en}</name>
	<name xml:lang="zh_CN">${TITLES['zh-CN']}</name>
	<unique-id>${ACTION_ID}</unique-id>
	<command>${xmlText(this.#command)}</command>
	<description></description>
	<patterns>*</patterns>
	<directories/>
	<audio-files/>
	<image-files/>
	<other-files/>
	<text-files/>
	<video-files/>
</action>`;
  }

  /** As long as a person has no file, Thunar shows the system's actions; once there is one, that one alone. */
  async #systemActions(): Promise<string> {
    const given = (this.#surroundings.env['XDG_CONFIG_DIRS'] ?? '').split(':').filter((path) => isAbsolute(path));
    for (const directory of given.length === 0 ? ['/etc/xdg'] : given) {
      const text = await readIfThere(join(directory, 'Thunar', 'uca.xml'));
      if (text !== undefined) return text;
    }
    return EMPTY;
  }

  /** Some people keep such files elsewhere and link to them. */
  async #write(text: string): Promise<void> {
    const target = await realpath(this.#file).catch(() => this.#file);
    await writeWhole(target, text, 0o644);
  }
}
