import type { Client } from '../../src/api/index.ts';
import { allOf } from './all-of.ts';

/** The revision of a folder's held plan, as whoever looks at it sees it. */
export async function seenRevision(client: Client, id: string): Promise<number> {
  const [first] = await allOf(client.stream('plan.show', { id }));
  if (first?.kind !== 'held') throw new Error('No plan is held.');
  return first.revision;
}

/** Looks at a held plan and approves of what is seen. */
export async function approveHeld({ client, folderId: id }: { client: Client; folderId: string }): Promise<void> {
  await client.call('plan.approve', { id, seen: await seenRevision(client, id) });
}
