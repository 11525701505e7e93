import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Action, type DecisionRules } from '../../../src/core/decide.ts';
import type { BaseEntry, LocalEntry, RemoteEntry } from '../../../src/core/entries.ts';
import { baseEntry, localEntry, remoteEntry } from './entries.ts';

const RULES = {
  'two-way': { mode: 'two-way', mirrorDeletes: false },
  upload: { mode: 'upload', mirrorDeletes: false },
  'upload+': { mode: 'upload', mirrorDeletes: true },
  download: { mode: 'download', mirrorDeletes: false },
  'download+': { mode: 'download', mirrorDeletes: true },
} as const satisfies Record<string, DecisionRules>;

/**
 * What the design says of every combination. `+` stands for mirrorDeletes. `upload ∅` expects no object, `upload =` the
 * object as it was seen. Without base, what is there is `new`; a retained base stands for a file that went, or was left out,
 * while its object stays on purpose: the other modes than upload take it for no base at all where a side is absent.
 */
const TABLE = `
base      local    remote  | two-way       | upload        | upload+       | download      | download+
----------------------------------------------------------------------------------------------------------
absent    absent   absent  | none          | none          | none          | none          | none
absent    absent   new     | download      | none          | none          | download      | download
absent    new      absent  | upload ∅      | upload ∅      | upload ∅      | none          | none
absent    new      new     | reconcile     | reconcile     | reconcile     | reconcile     | reconcile

present   absent   absent  | forget        | forget        | forget        | forget        | forget
present   absent   same    | delete-remote | retain        | delete-remote | download      | download
present   absent   changed | download      | forget        | forget        | download      | download
present   same     absent  | delete-local  | upload ∅      | upload ∅      | forget        | delete-local
present   same     same    | none          | none          | none          | none          | none
present   same     changed | download      | report remote | report remote | download      | download
present   touched  absent  | confirm-local | upload ∅      | upload ∅      | forget        | confirm-local
present   touched  same    | upload =      | upload =      | upload =      | confirm-local | confirm-local
present   touched  changed | confirm-local | confirm-local | confirm-local | confirm-local | confirm-local
present   changed  absent  | upload ∅      | upload ∅      | upload ∅      | forget        | forget
present   changed  same    | upload =      | upload =      | upload =      | report local  | report local
present   changed  changed | reconcile     | reconcile     | reconcile     | reconcile     | reconcile

retained  absent   absent  | forget        | forget        | forget        | forget        | forget
retained  absent   same    | download      | none          | none          | download      | download
retained  absent   changed | download      | forget        | forget        | download      | download
retained  same     absent  | upload ∅      | upload ∅      | upload ∅      | forget        | forget
retained  same     same    | unretain      | unretain      | unretain      | unretain      | unretain
retained  same     changed | download      | report remote | report remote | download      | download
retained  touched  absent  | upload ∅      | upload ∅      | upload ∅      | forget        | forget
retained  touched  same    | upload =      | upload =      | upload =      | confirm-local | confirm-local
retained  touched  changed | confirm-local | confirm-local | confirm-local | confirm-local | confirm-local
retained  changed  absent  | upload ∅      | upload ∅      | upload ∅      | forget        | forget
retained  changed  same    | upload =      | upload =      | upload =      | report local  | report local
retained  changed  changed | reconcile     | reconcile     | reconcile     | reconcile     | reconcile
`;

const BASES: Record<string, BaseEntry | undefined> = {
  absent: undefined,
  present: baseEntry('f'),
  retained: baseEntry('f', { retained: true }),
};
const LOCALS: Record<string, LocalEntry | undefined> = {
  absent: undefined,
  same: localEntry('f'),
  touched: localEntry('f', { mtimeNs: 1_001n, ctimeNs: 1_001n }),
  changed: localEntry('f', { sizeBytes: 11, mtimeNs: 1_001n, ctimeNs: 1_001n }),
  new: localEntry('f', { fileId: '8' }),
};
const REMOTES: Record<string, RemoteEntry | undefined> = {
  absent: undefined,
  same: remoteEntry('f'),
  changed: remoteEntry('f', { etag: 'another' }),
  new: remoteEntry('f', { etag: 'another' }),
};

interface Row {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
  readonly expected: readonly string[];
}

const ROWS: readonly Row[] = TABLE.split('\n')
  .slice(3)
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [states = '', ...expected] = line.split('|').map((cell) => cell.trim());
    const [base = '', local = '', remote = ''] = states.split(/\s+/);
    return { base, local, remote, expected };
  });

function inWords(action: Action): string {
  switch (action.kind) {
    case 'upload':
      return action.expect.kind === 'absent' ? 'upload ∅' : 'upload =';
    case 'report':
      return action.problem === 'remote-changed' ? 'report remote' : 'report local';
    default:
      return action.kind;
  }
}

describe('decide', () => {
  test.each(ROWS)('base $base, local $local, remote $remote', ({ base, local, remote, expected }) => {
    const decided = Object.values(RULES).map((rules) =>
      inWords(decide(BASES[base], LOCALS[local], REMOTES[remote], rules)),
    );
    expect(decided).toEqual(expected);
  });

  test('has a row in the table for every combination there is', () => {
    const states = ROWS.map((row) => `${row.base} ${row.local} ${row.remote}`);
    expect(new Set(states).size).toBe(states.length);
    expect(states).toHaveLength(2 * 2 + 4 * 3 + 4 * 3);
    for (const row of ROWS) expect(row.expected).toHaveLength(5);
  });

  test('makes an upload conditional on what was seen, and a deletion on what was agreed', () => {
    const seen = decide(BASES['present'], LOCALS['changed'], REMOTES['same'], RULES['two-way']);
    expect(seen).toEqual({ kind: 'upload', expect: { kind: 'etag', etag: 'etag-of-base' } });
    const gone = decide(BASES['present'], undefined, REMOTES['same'], RULES['two-way']);
    expect(gone).toEqual({ kind: 'delete-remote', etag: 'etag-of-base' });
  });

  test.each(['mtimeNs', 'ctimeNs', 'fileId'] as const)('takes a moved %s for a touch', (field) => {
    const moved = localEntry('f', { [field]: field === 'fileId' ? '9' : 2_000n });
    expect(inWords(decide(BASES['present'], moved, REMOTES['changed'], RULES['two-way']))).toBe('confirm-local');
  });
});

describe('for any states of the three trees', () => {
  const small = fc.integer({ min: 0, max: 2 });
  const times = { mtimeNs: fc.bigInt(0n, 2n), ctimeNs: fc.bigInt(0n, 2n), fileId: fc.constantFrom('1', '2') };
  const etag = fc.constantFrom('e1', 'e2');
  const anyLocal = fc.option(
    fc.record({ sizeBytes: small, ...times }).map((one) => localEntry('f', one)),
    { nil: undefined },
  );
  const anyBase = fc.option(
    fc.record({ sizeBytes: small, ...times, etag, retained: fc.boolean() }).map((one) => baseEntry('f', one)),
    { nil: undefined },
  );
  const anyRemote = fc.option(
    fc.record({ sizeBytes: small, etag }).map((one) => remoteEntry('f', one)),
    { nil: undefined },
  );
  const anyRules = fc.constantFrom(...Object.values(RULES));

  function always(
    check: (
      action: Action,
      b: BaseEntry | undefined,
      l: LocalEntry | undefined,
      r: RemoteEntry | undefined,
      rules: DecisionRules,
    ) => void,
  ): void {
    fc.assert(
      fc.property(anyBase, anyLocal, anyRemote, anyRules, (b, l, r, rules) =>
        check(decide(b, l, r, rules), b, l, r, rules),
      ),
      { numRuns: 5_000 },
    );
  }

  test('upload mode never touches the local side', () =>
    always((action, _b, _l, _r, { mode }) => {
      if (mode === 'upload') expect(['download', 'delete-local']).not.toContain(action.kind);
    }));

  test('download mode never touches the remote side', () =>
    always((action, _b, _l, _r, { mode }) => {
      if (mode === 'download') expect(['upload', 'delete-remote']).not.toContain(action.kind);
    }));

  test('rule 4: nothing is deleted without a base in force', () =>
    always((action, b) => {
      if (action.kind === 'delete-local' || action.kind === 'delete-remote') {
        expect(b).toBeDefined();
        expect(b?.retained).toBe(false);
      }
    }));

  test('a change beats a deletion: what is deleted is exactly what both sides agreed on', () =>
    always((action, b, l, r) => {
      if (action.kind === 'delete-local') {
        expect(r).toBeUndefined();
        expect({ ...l, path: 0 }).toEqual({
          sizeBytes: b?.sizeBytes,
          mtimeNs: b?.mtimeNs,
          ctimeNs: b?.ctimeNs,
          fileId: b?.fileId,
          path: 0,
        });
      }
      if (action.kind === 'delete-remote') {
        expect(l).toBeUndefined();
        expect(r?.etag).toBe(b?.etag);
      }
    }));

  test('one-way modes delete only where the folder says so', () =>
    always((action, _b, _l, _r, { mode, mirrorDeletes }) => {
      if (mode !== 'two-way' && !mirrorDeletes) expect(['delete-local', 'delete-remote']).not.toContain(action.kind);
    }));

  test('a download never overwrites a file that is not as base knows it', () =>
    always((action, b, l) => {
      if (action.kind === 'download' && l !== undefined) expect(l.mtimeNs).toBe(b?.mtimeNs);
    }));

  test('an upload never overwrites an object that is not as base knows it', () =>
    always((action, b, _l, r) => {
      if (action.kind !== 'upload') return;
      if (r === undefined) expect(action.expect).toEqual({ kind: 'absent' });
      else expect(action.expect).toEqual({ kind: 'etag', etag: b?.etag });
    }));

  test('what is the same on all three is left alone', () =>
    always((action, b, l, r) => {
      if (b === undefined || l === undefined || r === undefined || b.retained) return;
      const isSame =
        r.etag === b.etag &&
        l.sizeBytes === b.sizeBytes &&
        l.mtimeNs === b.mtimeNs &&
        l.ctimeNs === b.ctimeNs &&
        l.fileId === b.fileId;
      if (isSame) expect(action.kind).toBe('none');
    }));

  test('base is forgotten only with no file, or with no object under a file that stays', () =>
    always((action, _b, l, r, { mode }) => {
      if (action.kind !== 'forget') return;
      if (mode === 'two-way') expect([l, r]).toEqual([undefined, undefined]);
      else expect(l === undefined || r === undefined).toBe(true);
    }));
});
