import { z } from 'zod';

/** What commands are about, as they name it. */

export const none = z.object({});
export const text = z.string().min(1);
export const bucketRef = z.object({ account: text, bucket: text });
export const objectRef = bucketRef.extend({ key: text });
export const folderRef = z.object({ id: text });
