import type { ObjectStore, ServerCapabilities } from '../../src/core/object-store.ts';

/** One call of the engine. */
export interface StoreCall {
  readonly op: Exclude<keyof ObjectStore, 'close' | 'presign'>;
  readonly key: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
  readonly sizeBytes?: number;
  /** First byte of a range. */
  readonly offset?: number;
}

/**
 * What is to go wrong with a call. `before`: it is not carried out. `after`: it is, and the answer is lost. What a fault
 * does to the world (another writer, a swept upload) it does in the hook.
 */
export type StoreFault = { readonly when: 'before' | 'after'; readonly error: Error };

/** Which conditions and ETags this server has. */
export interface StoreTraits extends ServerCapabilities {
  /** Its ETags are not of the content, as with server-side encryption. */
  readonly encrypted: boolean;
  /** It says how large the parts of a multipart object were. */
  readonly tellsPartSizes: boolean;
  /** It tells of changes as they happen. */
  readonly liveEvents: boolean;
  /** Smallest part but the last, in bytes. */
  readonly minPartSizeBytes: number;
}

/** A server that honours everything, and is followed by listing it. */
export const ALL_TRAITS: StoreTraits = {
  conditionalPut: true,
  conditionalComplete: true,
  conditionalDelete: true,
  partCrc32: true,
  encrypted: false,
  tellsPartSizes: true,
  liveEvents: false,
  minPartSizeBytes: 5 * 1024 * 1024,
};
