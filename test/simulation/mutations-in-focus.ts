import type { Mutation } from './mutations.ts';

/** Mistakes whose hazard is rare: they show in worlds that are full of it. */
export const MUTATIONS_IN_FOCUS: readonly (Mutation & Required<Pick<Mutation, 'focus'>>)[] = [
  {
    name: 'no-quiet',
    breaks: 'rule 8: a file is taken up in the middle of being written',
    focus: 'reads',
    patches: [
      {
        file: 'engine/cycle.ts',
        find: 'if (!readsFile || local === undefined || isSettled(local, nowMs)) return true;',
        replace: 'if (!readsFile || local === undefined || isSettled !== undefined) return true;',
      },
    ],
  },
  {
    name: 'no-condition-on-delete',
    breaks: 'rule 10: a deletion takes whatever is there',
    focus: 'kinds',
    patches: [
      {
        file: 'engine/delete-remote.ts',
        find: 'await store.delete(bucket, key, capabilities.conditionalDelete ? etag : undefined, signal);',
        replace: 'await store.delete(bucket, key, undefined, signal);',
      },
    ],
  },
  {
    name: 'rules-forgotten',
    breaks: 'rule 13: what went while an ignore rule left it out reads as deleted once the rule is gone',
    focus: 'rules',
    patches: [
      { file: 'engine/compare.ts', find: 'return base.retained ? undefined : RETAIN;', replace: 'return undefined;' },
    ],
  },
  {
    name: 'no-second-look',
    breaks: 'rule 9: nobody looks whether a file was written to while it was read',
    focus: 'reads',
    patches: [
      {
        file: 'transfer/read.ts',
        find: 'if (!sameFingerprint(await file.stat(), planned)) throw movedUnderUs(path);',
        replace: 'await file.stat(); void path; void planned;',
      },
    ],
  },
  {
    name: 'unreadable-reads-as-empty',
    breaks: 'rule 13: a directory that can not be read reads as an empty one',
    focus: 'unreadable',
    patches: [
      {
        file: 'local/scan.ts',
        find: 'return skip(reasonOf(error));',
        replace:
          "if (reasonOf(error) === 'unreadable') return { diskPath: node.diskPath, nodes: [], next: 0, stats: [], statsFrom: 0, late: [] }; return skip(reasonOf(error));",
      },
    ],
  },
  {
    name: 'base-remembers-unchosen',
    breaks: 'what both sides agreed on of what is not chosen any more is not forgotten',
    focus: 'choosing',
    patches: [
      {
        file: 'engine/choose.ts',
        find: 'for (const kept of [before, chosen]) if (kept !== undefined) state.base.keepOnly(folder.id, kept);',
        replace: 'void before;',
      },
    ],
  },
  {
    name: 'clashes-unseen',
    breaks: 'a file is sent where the bucket holds an object below or above its name',
    focus: 'kinds',
    patches: [
      {
        file: 'engine/compare.ts',
        find: "return action === 'delete-remote' ? NO_CLASH : clashes.object(path);",
        replace: 'return NO_CLASH;',
      },
    ],
  },
  {
    name: 'releases-what-differs',
    breaks: 'what is not chosen goes from the disk though the bucket holds something else',
    focus: 'choosing',
    patches: [
      {
        file: 'engine/release-unchosen.ts',
        find: "if (isThere && (await hasContentOf(context, planned, head, 'content', signal)).equal) {",
        replace: 'void isThere; void hasContentOf; if (head !== undefined) {',
      },
    ],
  },
  {
    name: 'pause-ignored',
    breaks: 'a folder that is paused goes on',
    focus: 'kinds',
    patches: [
      {
        file: 'engine/folder-runner.ts',
        find: 'isPaused(this.#parts.state, folder) ? undefined : this.#nextScope(folder)',
        replace: 'this.#nextScope(folder)',
      },
      {
        file: 'engine/folder-runner.ts',
        find: 'ended.aborted || isPaused(this.#parts.state, this.#folder())',
        replace: 'ended.aborted',
      },
    ],
  },
  {
    name: 'forgets-the-prefix',
    breaks: 'deletions go to the key that the path would have in the whole bucket',
    focus: 'kinds',
    patches: [
      {
        file: 'engine/delete-remote.ts',
        find: 'const key = keyIn(context, item.path);\n  let deletion',
        replace: 'const key = item.path;\n  let deletion',
      },
    ],
  },
  {
    name: 'held-plan-goes',
    breaks: 'rule 3: whoever asks for one file has the plan carried out that is held',
    focus: 'emptied',
    patches: [
      {
        file: 'engine/folder-runner.ts',
        find: 'state.folders.byId(this.#folderId)?.hold === undefined ? asked : EVERYTHING',
        replace: 'EVERYTHING.kind === asked.kind ? EVERYTHING : asked',
      },
    ],
  },
  {
    name: 'left-plan-goes',
    breaks: 'rule 3: a plan that a killed engine left is carried out, though the brake has not looked at it',
    focus: 'emptied',
    patches: [
      {
        file: 'engine/folder-runner.ts',
        find: 'if (!this.#planIsOurs && folder.hold === undefined) state.plans.clear(folder.id);',
        replace: '',
      },
    ],
  },
];
