import type { PageItem } from '../../../src/api/index.ts';
import type { Place } from '../../store/types.ts';

/** The name of an item in its place, without the slash in which a prefix ends. */
export function nameOf(item: PageItem, { prefix }: Place): string {
  const name = item.key.slice(prefix.length);
  return item.kind === 'prefix' ? name.slice(0, -1) : name;
}

/** One level up; undefined in a bucket's top. */
export function parentOf(place: Place): Place | undefined {
  if (place.prefix === '') return undefined;
  const above = place.prefix.slice(0, -1);
  return { ...place, prefix: above.slice(0, above.lastIndexOf('/') + 1) };
}

/** The places from the bucket down to here, each with its name. */
export function trailOf(place: Place): readonly { readonly name: string; readonly place: Place }[] {
  const names = place.prefix.split('/').slice(0, -1);
  return [
    { name: place.bucket, place: { ...place, prefix: '' } },
    ...names.map((name, index) => ({
      name,
      place: { ...place, prefix: `${names.slice(0, index + 1).join('/')}/` },
    })),
  ];
}

export function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The same for a key that may be a folder's, with a slash at its end. */
export function itemName(key: string): string {
  return fileName(key.replace(/\/$/, ''));
}
