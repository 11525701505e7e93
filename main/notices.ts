import { basename } from 'node:path';
import { errorText, type EngineStatus, type Notice, type ProblemInfo, type Told } from '../src/api/index.ts';
import type { EndedDownload } from './downloads.ts';
import type { Texts } from './texts.ts';

type Kind = 'held' | 'conflict' | 'problem' | 'stopped';

/** What of one kind waits for a person now. */
interface Concern {
  readonly kind: Kind;
  /** Tells it from others and from a later one of the same thing. */
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** After a notification the next one of its kind waits for so long, and tells of all that came meanwhile. */
export const QUIET_MS = 10 * 60_000;

/** Says what a person has to be told, once, gathered, and never one a file. */
export class Notices {
  #known: ReadonlySet<string> | undefined;
  readonly #lastMs = new Map<Kind, number>();

  /**
   * What to show now. The first call only takes note: what was there before the app started, the tray shows.
   *
   * @param nowMs milliseconds that never go back.
   */
  update(status: EngineStatus, problems: readonly ProblemInfo[], texts: Texts, nowMs: number): Notice[] {
    // Who paused everything wants quiet; what is open is told when it goes on, if it is new then.
    if (status.paused) return [];
    const concerns = concernsIn(status, problems, texts);
    const known = this.#known;
    if (known === undefined) {
      this.#known = new Set(concerns.map(({ id }) => id));
      return [];
    }
    // What is over is forgotten, so that it is told when it comes back.
    const next = new Set(concerns.filter(({ id }) => known.has(id)).map(({ id }) => id));
    const notices: Notice[] = [];
    for (const kind of ['held', 'stopped', 'conflict', 'problem'] as const) {
      const fresh = concerns.filter((each) => each.kind === kind && !known.has(each.id));
      const isQuiet = nowMs - (this.#lastMs.get(kind) ?? -Infinity) < QUIET_MS;
      if (fresh.length === 0 || isQuiet) continue;
      this.#lastMs.set(kind, nowMs);
      for (const { id } of fresh) next.add(id);
      notices.push(noticeOf(kind, fresh, texts));
    }
    this.#known = next;
    return notices;
  }
}

/** What to say of downloads that ended, together. @param failed those of them that failed. */
export function downloadNotice(
  ended: readonly EndedDownload[],
  failed: readonly EndedDownload[],
  texts: Texts,
  number: (value: number) => string,
): Notice {
  const [only] = failed.length === 0 ? ended : failed;
  // One that found no place has no path.
  const name = basename(only?.path || (only?.download.source.key ?? ''));
  if (failed.length === 0)
    return {
      title: ended.length === 1 ? texts.saved(name) : texts.savedMany(number(ended.length)),
      body: texts.savedText,
    };
  const error = only?.download.error;
  if (failed.length > 1 || error === undefined)
    return { title: texts.notSavedMany(number(failed.length)), body: texts.notSavedText };
  const { message, advice } = errorText(error, texts.language);
  return { title: texts.notSaved(name), body: `${message} ${advice}` };
}

function concernsIn({ folders }: EngineStatus, problems: readonly ProblemInfo[], { language }: Texts): Concern[] {
  const bodyOf = (told: Omit<Told, 'detail'>) => {
    const { message, advice } = errorText({ ...told, detail: '' }, language);
    return `${message} ${advice}`;
  };
  const concerns: Concern[] = [];
  for (const { folder, state, reason, advice, code } of folders) {
    const { id, localRoot: name } = folder;
    if (state === 'held') concerns.push({ kind: 'held', id: `held ${id}`, name, body: '' });
    if (state !== 'stopped') continue;
    concerns.push({ kind: 'stopped', id: `stopped ${id}`, name, body: bodyOf({ code, message: reason, advice }) });
  }
  for (const problem of problems) {
    const { id, code, severity, path, retryAtMs } = problem;
    // What is tried again by itself needs nobody.
    if (severity === 'notice' || retryAtMs !== undefined) continue;
    const kind = code === 'conflict' || code === 'conflict-copy' ? 'conflict' : 'problem';
    concerns.push({ kind, id: `${kind} ${id}`, name: path, body: bodyOf(problem) });
  }
  return concerns;
}

function noticeOf(kind: Kind, concerns: readonly Concern[], texts: Texts): Notice {
  const [first = { name: '', body: '' }] = concerns;
  const isOne = concerns.length === 1;
  switch (kind) {
    case 'held':
      return { title: texts.held, body: texts.heldText(concerns.map(({ name }) => name).join(', ')) };
    case 'stopped':
      return { title: texts.stopped(concerns.map(({ name }) => name).join(', ')), body: first.body };
    case 'conflict':
      return {
        title: isOne ? texts.conflict(first.name) : texts.conflicts(concerns.length),
        body: texts.conflictText,
      };
    case 'problem':
      return isOne
        ? { title: texts.problem(first.name), body: first.body }
        : { title: texts.problems(concerns.length), body: texts.problemsText };
  }
}
