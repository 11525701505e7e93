import type { HeldPlanItem, PreviewItem } from '../../../src/api/index.ts';
import { allOf } from '../../support/all-of.ts';
import type { EngineRoot } from '../../support/engine-root.ts';
import type { Computer } from '../../support/two-way-team.ts';

/** Writes so many files, each with a content of its own. */
export async function fill(root: EngineRoot, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await root.write(`d/${String(i).padStart(2, '0')}`, `content ${i}`);
}

/** What is held. */
export const shown = ({ client, folderId }: Computer): Promise<HeldPlanItem[]> =>
  allOf(client.stream('plan.show', { id: folderId }));

/** What would be done. */
export const preview = ({ client, folderId }: Computer): Promise<PreviewItem[]> =>
  allOf(client.stream('folder.preview', { id: folderId }));
