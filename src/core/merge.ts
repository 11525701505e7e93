import type { BaseEntry, LocalEntry, RemoteEntry, ScanItem, SkippedItem, SkipReason } from './entries.ts';
import { NamesAbove } from './names-above.ts';
import type { RelativePath } from './paths.ts';
import { compareUtf8 } from './text.ts';

/** One path and what each of the three trees says of it. At least one of the three is there. */
export interface MergedPath {
  readonly kind: 'path';
  readonly path: RelativePath;
  readonly base: BaseEntry | undefined;
  readonly local: LocalEntry | undefined;
  readonly remote: RemoteEntry | undefined;
}

/** Something on disk that is not synced; nothing is decided about its path, nor about anything below it. */
export interface MergedSkip {
  readonly kind: 'skipped';
  readonly item: SkippedItem;
}

/** What base and bucket say at or below a path that is not synced. Nothing is known of the disk there. At least one is there. */
export interface MergedHidden {
  readonly kind: 'hidden';
  readonly path: RelativePath;
  /** Why what hides it was skipped. */
  readonly reason: SkipReason;
  readonly base: BaseEntry | undefined;
  readonly remote: RemoteEntry | undefined;
}

/** What a merge yields, in key order. */
export type Merged = MergedPath | MergedSkip | MergedHidden;

/** A stream that must come in strictly increasing key order did not. Names the stream and the two keys. */
export class DisorderError extends Error {
  override readonly name = 'DisorderError';
  constructor(stream: string, previous: string, next: string) {
    super(`The ${stream} stream is out of order: ${JSON.stringify(next)} came after ${JSON.stringify(previous)}.`);
  }
}

/**
 * Merges three streams, each in UTF-8 byte order of the path, into one in the same order. Holds one item of each stream,
 * whatever their length. What the scan skipped hides the same path and all below it in the other two, also where it is no
 * directory: a symbolic link may stand for one, and what could not be looked at may be one.
 *
 * @throws DisorderError when base or remote does not strictly increase, or local decreases: a comparison of unordered
 * streams would take present files for absent ones.
 */
export async function* mergeTrees(
  base: AsyncIterable<BaseEntry>,
  local: AsyncIterable<ScanItem>,
  remote: AsyncIterable<RemoteEntry>,
): AsyncGenerator<Merged, void, undefined> {
  const bases = new Cursor('base', base, true);
  const locals = new Cursor('local', local, false);
  const remotes = new Cursor('remote', remote, true);
  const hidden = new HiddenPaths();
  try {
    await Promise.all([bases.advance(), locals.advance(), remotes.advance()]);
    for (;;) {
      const path = leastPath(bases.head?.path, locals.head?.path, remotes.head?.path) as RelativePath | undefined;
      if (path === undefined) return;

      const scanned = locals.head?.path === path ? locals.head : undefined;
      if (scanned?.kind === 'skipped') {
        if (!scanned.shadowed) hidden.add(scanned);
        await locals.advance();
        yield { kind: 'skipped', item: scanned };
        continue;
      }
      const baseEntry = bases.head?.path === path ? bases.head : undefined;
      const remoteEntry = remotes.head?.path === path ? remotes.head : undefined;
      if (scanned !== undefined) await locals.advance();
      if (baseEntry !== undefined) await bases.advance();
      if (remoteEntry !== undefined) await remotes.advance();
      const reason = hidden.reasonOf(path);
      if (reason === undefined)
        yield { kind: 'path', path, base: baseEntry, local: scanned?.entry, remote: remoteEntry };
      else yield { kind: 'hidden', path, reason, base: baseEntry, remote: remoteEntry };
    }
  } finally {
    await Promise.all([bases.close(), locals.close(), remotes.close()]);
  }
}

/** What skipped items hide, asked for in key order. */
class HiddenPaths {
  readonly #above = new NamesAbove<SkipReason>();
  #lastItself: SkippedItem | undefined;

  /** @param item that of a directory has a path that ends in a slash, and hides only what is below it. */
  add(item: SkippedItem): void {
    const { path, reason } = item;
    const isDirectory = path.endsWith('/');
    this.#above.put(isDirectory ? path.slice(0, -1) : path, reason);
    if (!isDirectory) this.#lastItself = item;
  }

  /** Why what hides a path was skipped; undefined where nothing hides it. */
  reasonOf(path: string): SkipReason | undefined {
    return path === this.#lastItself?.path ? this.#lastItself.reason : this.#above.of(path)[0]?.what;
  }
}

function leastPath(...paths: (string | undefined)[]): string | undefined {
  let least: string | undefined;
  for (const path of paths) {
    if (path !== undefined && (least === undefined || compareUtf8(path, least) < 0)) least = path;
  }
  return least;
}

class Cursor<T extends { readonly path: string }> {
  head: T | undefined;
  readonly #name: string;
  readonly #iterator: AsyncIterator<T>;
  readonly #strict: boolean;

  constructor(name: string, source: AsyncIterable<T>, strict: boolean) {
    this.#name = name;
    this.#iterator = source[Symbol.asyncIterator]();
    this.#strict = strict;
  }

  async advance(): Promise<void> {
    const step = await this.#iterator.next();
    const next = step.done === true ? undefined : step.value;
    if (next !== undefined && this.head !== undefined) {
      const order = compareUtf8(this.head.path, next.path);
      if (order > 0 || (order === 0 && this.#strict)) throw new DisorderError(this.#name, this.head.path, next.path);
    }
    this.head = next;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
