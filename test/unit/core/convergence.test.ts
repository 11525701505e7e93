import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, type Action, type DecisionRules } from '../../../src/core/decide.ts';
import type { BaseEntry } from '../../../src/core/entries.ts';
import { baseEntry, localEntry, remoteEntry } from './entries.ts';

/** A file: its content and the time of its last change. The size comes from the content. */
interface File {
  readonly content: string;
  readonly mtimeNs: bigint;
}

/** One path in a world where every effect succeeds at once. An ETag is the content, with a mark where it was uploaded otherwise. */
interface World {
  local: File | undefined;
  remote: { readonly content: string; readonly etag: string } | undefined;
  base:
    | { readonly content: string; readonly etag: string; readonly mtimeNs: bigint; readonly retained: boolean }
    | undefined;
}

let timeNs = 100n;

function entriesOf(
  world: World,
): Parameters<typeof decide> extends [infer B, infer L, infer R, ...unknown[]] ? [B, L, R] : never {
  const { local, remote, base } = world;
  const fingerprint = (file: File) => ({
    sizeBytes: file.content.length,
    mtimeNs: file.mtimeNs,
    ctimeNs: file.mtimeNs,
  });
  return [
    base && baseEntry('f', { ...fingerprint(base), etag: base.etag, retained: base.retained }),
    local && localEntry('f', fingerprint(local)),
    remote && remoteEntry('f', { sizeBytes: remote.content.length, etag: remote.etag }),
  ];
}

/** Carries an action out. @returns whether it is one that only a person can end. */
function apply(world: World, action: Action, rules: DecisionRules): boolean {
  const { local, remote, base } = world;
  const agree = (content: string, etag: string, mtimeNs: bigint) => {
    world.base = { content, etag, mtimeNs, retained: false };
  };
  switch (action.kind) {
    case 'upload':
      if (local === undefined) throw new Error('uploads nothing');
      expect(action.expect).toEqual(remote === undefined ? { kind: 'absent' } : { kind: 'etag', etag: remote.etag });
      if (remote === undefined || remote.content !== local.content)
        world.remote = { content: local.content, etag: local.content };
      agree(local.content, world.remote?.etag ?? '', local.mtimeNs);
      return false;
    case 'download':
      if (remote === undefined) throw new Error('downloads nothing');
      world.local = { content: remote.content, mtimeNs: ++timeNs };
      agree(remote.content, remote.etag, timeNs);
      return false;
    case 'delete-remote':
      expect(action.etag).toBe(remote?.etag);
      world.remote = world.base = undefined;
      return false;
    case 'delete-local':
      world.local = world.base = undefined;
      return false;
    case 'forget':
      world.base = undefined;
      return false;
    case 'retain':
      if (base !== undefined) world.base = { ...base, retained: true };
      return false;
    case 'unretain':
      if (base !== undefined) world.base = { ...base, retained: false };
      return false;
    case 'reconcile':
      if (local === undefined || remote === undefined) throw new Error('reconciles nothing');
      if (local.content !== remote.content) return true;
      agree(local.content, remote.etag, local.mtimeNs);
      return false;
    case 'confirm-local':
      return confirm(world, rules);
    case 'report':
      return true;
    case 'none':
      return false;
  }
}

/** The file's content is that of base: its times are taken over. It is not: the file counts as changed. */
function confirm(world: World, rules: DecisionRules): boolean {
  const { local, base } = world;
  if (local === undefined || base === undefined) throw new Error('confirms nothing');
  if (local.content === base.content) {
    world.base = { ...base, mtimeNs: local.mtimeNs };
    return false;
  }
  const [knownBase, ...rest] = entriesOf(world);
  const otherSize: BaseEntry | undefined = knownBase && { ...knownBase, sizeBytes: knownBase.sizeBytes + 1 };
  const action = decide(otherSize, ...rest, rules);
  expect(action.kind).not.toBe('confirm-local');
  return apply(world, action, rules);
}

const content = fc.constantFrom('old', 'mine', 'hers', 'own');
const time = fc.constantFrom(1n, 2n, 3n);
const someWorld = fc.record({
  local: fc.option(fc.record({ content, mtimeNs: time }), { nil: undefined }),
  // The same content may have another ETag: another program uploaded it in parts.
  remote: fc.option(
    fc.tuple(content, fc.constantFrom('', '-2')).map(([text, parts]) => ({ content: text, etag: text + parts })),
    { nil: undefined },
  ),
  base: fc.option(
    fc.record({ mtimeNs: time, retained: fc.boolean() }).map((one) => ({ content: 'old', etag: 'old', ...one })),
    { nil: undefined },
  ),
});

const rulesOf: fc.Arbitrary<DecisionRules> = fc.record({
  mode: fc.constantFrom('two-way', 'upload', 'download'),
  mirrorDeletes: fc.boolean(),
});

/** A file that has base's times has base's content: a change within the same nanosecond nobody could see. */
function isPossible({ local, base }: World): boolean {
  return local === undefined || base === undefined || local.mtimeNs !== base.mtimeNs || local.content === base.content;
}

test('deciding and doing comes to rest within four rounds, in every mode and from every state', () => {
  fc.assert(
    fc.property(someWorld, rulesOf, (start, rules) => {
      fc.pre(isPossible(start));
      const world: World = { ...start };
      let rounds = 0;
      for (;;) {
        const action = decide(...entriesOf(world), rules);
        if (action.kind === 'none') break;
        rounds += 1;
        expect(rounds).toBeLessThanOrEqual(4);
        const needsPerson = apply(world, action, rules);
        if (needsPerson) return;
      }
      if (rules.mode === 'two-way') expect(world.local?.content).toBe(world.remote?.content);
      if (rules.mode === 'upload' && world.local !== undefined) expect(world.remote?.content).toBe(world.local.content);
      if (rules.mode === 'download' && world.remote !== undefined)
        expect(world.local?.content).toBe(world.remote.content);
    }),
    { numRuns: 5_000 },
  );
});

test('no content that one side alone had and base did not know is gone afterwards', () => {
  fc.assert(
    fc.property(someWorld, rulesOf, (start, rules) => {
      fc.pre(isPossible(start));
      const world: World = { ...start };
      for (let round = 0; round < 5; round++) {
        if (apply(world, decide(...entriesOf(world), rules), rules)) break;
      }
      const kept = [world.local?.content, world.remote?.content];
      for (const side of [start.local?.content, start.remote?.content]) {
        if (side !== undefined && side !== start.base?.content) expect(kept).toContain(side);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('an upload whose base row a crash has lost is adopted, also where the size did not change', () => {
  for (const mode of ['two-way', 'upload'] as const) {
    const world: World = {
      base: { content: 'old', etag: 'old', mtimeNs: 1n, retained: false },
      local: { content: 'own', mtimeNs: 2n },
      remote: { content: 'own', etag: 'own' },
    };
    const rules = { mode, mirrorDeletes: false };
    expect(apply(world, decide(...entriesOf(world), rules), rules)).toBe(false);
    expect(world.base).toMatchObject({ content: 'own', etag: 'own', mtimeNs: 2n });
    expect(decide(...entriesOf(world), rules).kind).toBe('none');
  }
});
