import type { ServerCapabilities } from '../../src/core/object-store.ts';

/** Which conditions and ETags this server has. */
export interface StoreTraits extends ServerCapabilities {
  /** Its ETags are not of the content, as with server-side encryption. */
  readonly encrypted: boolean;
  /** It says how large the parts of a multipart object were. */
  readonly tellsPartSizes: boolean;
  /** It tells of changes as they happen. */
  readonly liveEvents: boolean;
}

/** A server that honours everything, and is followed by listing it. */
export const ALL_TRAITS: StoreTraits = {
  conditionalPut: true,
  conditionalComplete: true,
  conditionalDelete: true,
  encrypted: false,
  tellsPartSizes: true,
  liveEvents: false,
};
