import { hasCode, SyncError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { ancestors } from '../core/paths.ts';
import type { Retry } from '../remote/index.ts';

/** A bucket in which a person is about to make something. */
export interface Place {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** How often a request is tried. */
  readonly retry: Retry;
}

/**
 * A new object must not lie below another one, nor others below it: RustFS before 1.0 and MinIO list nothing below an object's
 * name, so that nobody would find what is there any more.
 *
 * @param from the key of an object that gets the new one in place of its own, and so is in nobody's way.
 * @throws SyncError type-clash
 */
export async function requireNoClash(place: Place, key: string, signal: AbortSignal, from?: string): Promise<void> {
  // At once: whoever puts a whole tree waits for it at each file.
  await Promise.all([requireNothingAbove(place, key, signal, from), requireNothingBelow(place, key, signal, from)]);
}

async function requireNothingBelow(place: Place, key: string, signal: AbortSignal, from?: string): Promise<void> {
  if (!(await isFolder(place, key, signal, from))) return;
  throw clash(
    `${JSON.stringify(key)} is a folder in the bucket ${JSON.stringify(place.bucket)}. Many servers would list nothing in it any more if an object had its name.`,
    `Choose another name. To put it into that folder, end the name in a slash: ${key}/`,
  );
}

/** Whether there are objects below a key, but for that of the key `from`. */
export async function isFolder(place: Place, key: string, signal: AbortSignal, from?: string): Promise<boolean> {
  const { store, bucket, retry } = place;
  const below = await unlessDenied(retry(() => store.listPage({ bucket, prefix: `${key}/`, maxKeys: 2 }, signal)));
  return below?.objects.some((object) => object.key !== from) ?? false;
}

/** @throws SyncError type-clash when there is an object of the name of a directory above the key. */
export async function requireNothingAbove(
  { store, bucket, retry }: Place,
  key: string,
  signal: AbortSignal,
  from?: string,
): Promise<void> {
  await Promise.all(
    ancestors(key).map(async (name) => {
      if (name === from || (await unlessDenied(retry(() => store.head(bucket, name, signal)))) === undefined) return;
      // Some servers answer so for a folder, too; an object is what a listing of its name begins with.
      const listed = await unlessDenied(retry(() => store.listPage({ bucket, prefix: name, maxKeys: 1 }, signal)));
      if ((listed?.objects[0]?.key ?? name) !== name) return;
      throw clash(
        `There is an object ${JSON.stringify(name)} in the bucket ${JSON.stringify(bucket)}. Many servers would not list what lies below its name.`,
        'Choose another name, or rename that object first.',
      );
    }),
  );
}

/** Some keys may look at a part of a bucket alone, and write there. */
async function unlessDenied<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (hasCode(error, 'access-denied')) return undefined;
    throw error;
  }
}

function clash(message: string, advice: string): SyncError {
  return new SyncError({ code: 'type-clash', message: `${message} Nothing was written.`, advice });
}
