import { z } from 'zod';
import { bucketRef, objectRef, text } from './refs.ts';
import { directoryListing, itemState, objectPage, objectProperties, pathState } from './window-schemas.ts';

const prefixRef = bucketRef.extend({ prefix: z.string() });

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
  /** This key, or where something is under it one beside it that is free: `report (2).pdf`. @throws name-taken */
  'object.freeKey': { input: objectRef, output: z.object({ key: text }) },
  /** Gives an object another key in its bucket. @throws name-taken when there is an object at the new key. */
  'object.move': { input: objectRef.extend({ newKey: text }), output: z.object({}) },
  /** What is directly below a path of a folder, in the bucket or planned to be sent there; nothing for the folder itself. */
  'folder.level': {
    input: z.object({ id: text, path: z.string() }),
    output: z.object({
      directories: z.array(z.string()),
      files: z.array(z.object({ name: z.string(), sizeBytes: z.number() })),
      /** Not where there is too much to list. */
      isComplete: z.boolean(),
    }),
  },
  /** What is below these paths of a folder in the bucket, added up. */
  'folder.sizes': {
    input: z.object({ id: text, paths: z.array(z.string()).max(50) }),
    output: z.array(
      z.object({
        path: z.string(),
        files: z.number(),
        bytes: z.number(),
        /** Not where there is so much that only a part was added up. */
        isComplete: z.boolean(),
      }),
    ),
  },
  /** Makes the marker by which a prefix shows while it is empty. */
  'object.makeFolder': { input: prefixRef, output: z.object({}) },

  /** The folders below a folder of this computer; without a path, below the home directory. */
  'disk.list': { input: z.object({ path: z.string().optional() }), output: directoryListing },
  'disk.makeDirectory': { input: z.object({ parent: text, name: text }), output: z.object({ path: z.string() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const windowStreams = {
  /**
   * Gives all below a prefix another one, by copies inside the server; both end in a slash. Overwrites nothing, deletes only
   * what was copied, and goes on where it was broken off when it is run again.
   *
   * @throws name-taken when something else is at the new place.
   */
  'object.movePrefix': {
    input: prefixRef.extend({ newPrefix: text }),
    item: z.object({
      phase: z.enum(['copying', 'deleting', 'done']),
      /** Copied or deleted so far. */
      objects: z.number(),
      bytes: z.number(),
      /** Changed by somebody meanwhile, and so left at the old place. */
      left: z.number(),
    }),
  },
  /** Deletes everything below a prefix (`''`: all of the bucket); tells how many are gone, again and again. */
  'object.removeBelow': { input: prefixRef, item: z.object({ removed: z.number() }) },
} as const satisfies Record<string, { input: z.ZodType; item: z.ZodType }>;
