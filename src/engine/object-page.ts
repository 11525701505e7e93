import type { CommandRequest, ObjectPage, PageItem } from '../api/index.ts';
import { PRIVATE_NAMES } from '../core/paths.ts';
import { compareUtf8 } from '../core/text.ts';
import type { StateStore } from '../state/index.ts';
import type { Connections } from './connections.ts';
import { folderOfKey } from './object-states.ts';

/** Planned files that one page takes up; with more of them, the others show once they are in the bucket. */
const MAX_PLANNED = 1_000;
/** What is ours at the top of a bucket: its trash and what is shared have views of their own. */
const OURS: ReadonlySet<string> = new Set(PRIVATE_NAMES.map((name) => `${name}/`));

/** One page of what is directly below a prefix. Files that are planned to be sent there stand among the objects. */
export async function pageOfObjects(
  { connections, state }: { readonly connections: Connections; readonly state: StateStore },
  { account, bucket, prefix, next }: CommandRequest<'object.page'>,
  signal: AbortSignal,
): Promise<ObjectPage> {
  const connection = await connections.byName(account);
  const page = await connection.store.listPage(
    { bucket, prefix, delimiter: '/', ...(next !== undefined && { continuationToken: next.token }) },
    signal,
  );
  const listed: PageItem[] = [
    ...page.prefixes.filter((key) => !OURS.has(key)).map((key) => ({ kind: 'prefix', key }) as const),
    // The marker that makes an empty prefix show is the prefix itself.
    ...page.objects.filter(({ key }) => key !== prefix).map((object) => ({ kind: 'object', ...object }) as const),
  ];
  const isLast = page.continuationToken === undefined;
  const lastKey = listed.reduce((last, { key }) => (compareUtf8(key, last) > 0 ? key : last), next?.after ?? '');
  const range = { after: next?.after ?? '', upTo: isLast ? undefined : lastKey };
  const known = new Set(listed.map(({ key }) => key));
  const planned = plannedBelow(state, connection.account.id, bucket, prefix, range).filter(
    ({ key }) => !known.has(key),
  );
  return {
    items: [...listed, ...planned].sort((a, b) => compareUtf8(a.key, b.key)),
    ...(page.continuationToken !== undefined && { next: { token: page.continuationToken, after: lastKey } }),
  };
}

/** What is planned to be sent directly below a prefix: files, and directories of which no object is there yet. */
function plannedBelow(
  state: StateStore,
  accountId: string,
  bucket: string,
  prefix: string,
  range: { readonly after: string; readonly upTo: string | undefined },
): PageItem[] {
  const place = folderOfKey({ state }, accountId, bucket, prefix);
  if (place === undefined) return [];
  const { folder, path } = place;
  const directory = path === '' ? '' : `${path}/`;
  const end = path === '' ? '\u{10ffff}' : `${path}0`;
  const items: PageItem[] = [];
  for (let from = directory; items.length < MAX_PLANNED;) {
    const row = state.items.nextPlannedUpload(folder.id, from, end);
    if (row === undefined) break;
    const slash = row.path.indexOf('/', directory.length);
    const name = slash < 0 ? row.path : row.path.slice(0, slash);
    const key = folder.prefix + name + (slash < 0 ? '' : '/');
    // Past this file, or past all that is below this directory.
    from = slash < 0 ? `${name}\u{1}` : `${name}0`;
    if (compareUtf8(key, range.after) <= 0) continue;
    if (range.upTo !== undefined && compareUtf8(key, range.upTo) > 0) break;
    items.push(slash < 0 ? { kind: 'planned', key, sizeBytes: row.sizeBytes } : { kind: 'prefix', key });
  }
  return items;
}
