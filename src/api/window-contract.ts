import { z } from 'zod';
import { directoryListing, itemState, objectPage, objectProperties, pathState } from './window-schemas.ts';

const text = z.string().min(1);
const objectRef = z.object({ account: text, bucket: text, key: text });
const prefixRef = z.object({ account: text, bucket: text, prefix: z.string() });

/** The commands that a window needs beside those of the command line. */
export const windowCommands = {
  /** One page of what is directly below a prefix, in key order. */
  'object.page': {
    input: prefixRef.extend({ next: z.object({ token: z.string(), after: z.string() }).optional() }),
    output: objectPage,
  },
  /** How these keys stand now; one that ends in a slash stands for all below it. Asks no server. */
  'object.states': {
    input: z.object({ account: text, bucket: text, keys: z.array(text).max(500) }),
    output: z.array(itemState),
  },
  /**
   * How these paths of this computer stand now, in the order in which they were asked for; one that ends in a slash stands
   * for all below it. For file managers: asks no server.
   */
  'path.states': { input: z.object({ paths: z.array(text).max(200) }), output: z.array(pathState) },
  'object.properties': { input: objectRef, output: objectProperties },
  /** Gives an object another key in its bucket. @throws name-taken when there is an object at the new key. */
  'object.move': { input: objectRef.extend({ newKey: text }), output: z.object({}) },
  /** Makes the marker by which a prefix shows while it is empty. */
  'object.makeFolder': { input: prefixRef, output: z.object({}) },

  /** The folders below a folder of this computer; without a path, below the home directory. */
  'disk.list': { input: z.object({ path: z.string().optional() }), output: directoryListing },
  'disk.makeDirectory': { input: z.object({ parent: text, name: text }), output: z.object({ path: z.string() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const windowStreams = {
  /** Deletes everything below a prefix (`''`: all of the bucket); tells how many are gone, again and again. */
  'object.removeBelow': { input: prefixRef, item: z.object({ removed: z.number() }) },
} as const satisfies Record<string, { input: z.ZodType; item: z.ZodType }>;
