import { conflictPath } from '../../../src/core/conflict-name.ts';
import { decide, type Action, type DecisionRules } from '../../../src/core/decide.ts';
import type { BaseEntry, LocalEntry, RemoteEntry, ScannedFile } from '../../../src/core/entries.ts';
import type { RelativePath } from '../../../src/core/paths.ts';
import { isPlanned, type PlanItem } from '../../../src/core/plan.ts';
import { compareUtf8 } from '../../../src/core/text.ts';

/** A file: what it holds, when it was last changed, and which file it is, however it is called. */
export interface PretendFile {
  readonly content: string;
  readonly mtimeNs: bigint;
  readonly fileId: string;
}

/** An object's ETag is its content, with a mark where another program uploaded it in parts. */
export interface PretendObject {
  readonly content: string;
  readonly etag: string;
}

/** A disk and a bucket on which every effect succeeds at once, as long as its precondition holds. */
export class PretendWorld {
  readonly local: Map<string, PretendFile>;
  readonly remote: Map<string, PretendObject>;
  readonly trash = new Set<string>();
  /** Paths that only a person can settle. */
  readonly told = new Set<string>();
  readonly #rules: DecisionRules;
  #ticks = 1_000n;

  constructor(
    local: ReadonlyMap<string, PretendFile>,
    remote: ReadonlyMap<string, PretendObject>,
    rules: DecisionRules,
  ) {
    this.local = new Map(local);
    this.remote = new Map(remote);
    this.#rules = rules;
  }

  /** Carries out one row of a plan. @returns what base is to be told: rows to put and to delete. */
  perform(item: PlanItem, base: BaseEntry | undefined, fromBase: BaseEntry | undefined): BaseChange {
    const { path } = item;
    switch (item.kind) {
      case 'upload':
        return this.#upload(path, item);
      case 'download':
        return this.#download(path, item);
      case 'delete-remote':
        if (this.local.has(path)) return {};
        this.#discard(this.remote, path);
        return { gone: [path] };
      case 'delete-local':
        if (this.remote.has(path)) return {};
        this.#discard(this.local, path);
        return { gone: [path] };
      case 'reconcile':
        return this.#reconcile(path, item);
      case 'confirm-local':
        return this.#confirm(path, item, base);
      case 'move-remote':
        return this.#moveRemote(item, fromBase);
      case 'move-local':
        return this.#moveLocal(item, fromBase);
    }
  }

  #upload(path: RelativePath, item: PlanItem): BaseChange {
    const file = this.local.get(path);
    const object = this.remote.get(path);
    const isAsPlanned = item.expect.kind === 'absent' ? object === undefined : object?.etag === item.expect.etag;
    if (file === undefined || !isAsPlanned) return {};
    if (this.#clashes(this.remote, path)) return this.#tell(path);
    if (object?.content !== file.content) {
      this.#discard(this.remote, path);
      this.remote.set(path, { content: file.content, etag: file.content });
    }
    return this.#agree(path);
  }

  #download(path: RelativePath, item: PlanItem): BaseChange {
    const object = this.remote.get(path);
    const file = this.local.get(path);
    if (object === undefined || item.expect.kind === 'absent' || object.etag !== item.expect.etag) return {};
    if ((file === undefined) !== (item.local === undefined)) return {};
    if (file !== undefined && file.mtimeNs !== item.local?.mtimeNs) return {};
    if (this.#clashes(this.local, path)) return this.#tell(path);
    this.#discard(this.local, path);
    const mtimeNs = ++this.#ticks;
    this.local.set(path, { content: object.content, mtimeNs, fileId: `new-${mtimeNs}` });
    return this.#agree(path);
  }

  #reconcile(path: RelativePath, item: PlanItem): BaseChange {
    const [file, object] = [this.local.get(path), this.remote.get(path)];
    if (file === undefined || object === undefined) return {};
    if (file.content === object.content) return this.#agree(path);
    if (this.#rules.mode !== 'two-way') return this.#tell(path);
    const copy = conflictPath(path, 'test', file.mtimeNs, 1);
    if (this.local.has(copy)) return this.#tell(path);
    this.local.delete(path);
    this.local.set(copy, file);
    const change = this.#download(path, { ...item, local: undefined, expect: { kind: 'etag', etag: object.etag } });
    return { ...change, gone: [path] };
  }

  #confirm(path: RelativePath, item: PlanItem, base: BaseEntry | undefined): BaseChange {
    const file = this.local.get(path);
    if (file === undefined || base === undefined) return {};
    const isSame = file.content === base.etag.replace(/-2$/, '');
    const known = isSame ? baseOf(path, file, base.etag) : base;
    const action = decide(known, localOf(path, file), this.#entryOf(path), this.#rules, isSame ? 'unread' : 'differs');
    return this.#follow(action, path, item, known, isSame);
  }

  #follow(action: Action, path: RelativePath, item: PlanItem, known: BaseEntry, isSame: boolean): BaseChange {
    if (action.kind === 'confirm-local') throw new Error(`${path} is confirmed over and over`);
    const object = this.remote.get(path);
    const expect = object === undefined ? { kind: 'absent' as const } : { kind: 'etag' as const, etag: object.etag };
    if (isPlanned(action)) return this.perform({ ...item, kind: action.kind, expect }, known, undefined);
    if (action.kind === 'report') return this.#tell(path);
    if (action.kind === 'forget') return { gone: [path] };
    return isSame ? { put: [known] } : {};
  }

  #moveRemote(item: PlanItem, fromBase: BaseEntry | undefined): BaseChange {
    const { path, from } = item;
    const file = this.local.get(path);
    const object = from === undefined ? undefined : this.remote.get(from);
    if (from === undefined || fromBase === undefined || file === undefined || this.local.has(from)) return {};
    const isSame = object?.etag === fromBase.etag && object.content === file.content;
    if (!isSame || this.remote.has(path)) return this.#upload(path, { ...item, expect: { kind: 'absent' } });
    if (this.#clashes(this.remote, path)) return this.#tell(path);
    this.remote.set(path, object);
    this.remote.delete(from);
    return { ...this.#agree(path), gone: [from] };
  }

  #moveLocal(item: PlanItem, fromBase: BaseEntry | undefined): BaseChange {
    const { path, from } = item;
    const object = this.remote.get(path);
    const file = from === undefined ? undefined : this.local.get(from);
    if (from === undefined || object === undefined || this.remote.has(from)) return {};
    const isSame = file !== undefined && fromBase?.mtimeNs === file.mtimeNs && object.etag === fromBase.etag;
    if (!isSame || this.local.has(path)) return this.#download(path, item);
    if (this.#clashes(this.local, path)) return this.#tell(path);
    this.local.delete(from);
    this.local.set(path, file);
    return { ...this.#agree(path), gone: [from] };
  }

  #agree(path: RelativePath): BaseChange {
    const [file, object] = [this.local.get(path), this.remote.get(path)];
    if (file === undefined || object === undefined) throw new Error(`${path} is not on both sides`);
    return { put: [baseOf(path, file, object.etag)] };
  }

  #tell(path: string): BaseChange {
    this.told.add(path);
    return {};
  }

  #discard(side: Map<string, { readonly content: string }>, path: string): void {
    const content = side.get(path)?.content;
    if (content !== undefined) this.trash.add(content);
    side.delete(path);
  }

  /** A name can not be a file and a directory at once, on neither side. */
  #clashes(side: ReadonlyMap<string, unknown>, path: string): boolean {
    return [...side.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
  }

  #entryOf(path: RelativePath): RemoteEntry | undefined {
    const object = this.remote.get(path);
    return object && { path, etag: object.etag, sizeBytes: object.content.length };
  }

  // The two sides as streams, in order.

  async *scan(): AsyncGenerator<ScannedFile, void, undefined> {
    for (const [path, file] of inOrder(this.local)) yield { kind: 'file', path, entry: localOf(path, file) };
  }

  async *list(): AsyncGenerator<RemoteEntry, void, undefined> {
    for (const [path, { content, etag }] of inOrder(this.remote)) yield { path, etag, sizeBytes: content.length };
  }
}

export interface BaseChange {
  readonly put?: readonly BaseEntry[];
  readonly gone?: readonly RelativePath[];
}

export function localOf(path: RelativePath, { content, mtimeNs, fileId }: PretendFile): LocalEntry {
  return { path, sizeBytes: content.length, mtimeNs, ctimeNs: mtimeNs, fileId };
}

export function baseOf(path: RelativePath, file: PretendFile, etag: string): BaseEntry {
  return { ...localOf(path, file), etag, retained: false };
}

function inOrder<T>(side: ReadonlyMap<string, T>): [RelativePath, T][] {
  return ([...side] as [RelativePath, T][]).sort(([a], [b]) => compareUtf8(a, b));
}
