import { sameFingerprint, type LocalEntry } from '../core/entries.ts';
import type { Compared } from './compare.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * A file of several names (hard links) is changed under all of them at once, and a watcher tells of the one that was used. The
 * others are looked at as well, rather than by the next whole comparison.
 */
export class OtherNames {
  readonly #changed = new Map<string, LocalEntry>();

  /** To be called for what goes into the plan. */
  take(compared: Compared): void {
    if (compared.kind !== 'path' || compared.action.kind === 'none') return;
    const { local } = compared.merged;
    if (local?.hasOtherNames === true) this.#changed.set(local.fileId, local);
  }

  /** To be called once all is planned: what is, waits for its turn there. */
  revisit(context: FolderContext): void {
    if (this.#changed.size === 0) return;
    const { state, folder } = context;
    for (const known of state.base.ofFiles(folder.id, [...this.#changed.keys()])) {
      const now = this.#changed.get(known.fileId);
      if (now === undefined || sameFingerprint(known, now) || state.plans.has(folder.id, known.path)) continue;
      context.revisit(known.path);
    }
  }
}
