import type { BodyCheck } from '../core/object-store.ts';
import type { WriteContext } from './upload.ts';

/** What a part is checked against. The buffer goes to another thread and back for an MD5: only `body` may be used after. */
export async function checkFor(
  { environment, capabilities }: Pick<WriteContext, 'environment' | 'capabilities'>,
  buffer: Uint8Array<ArrayBuffer>,
): Promise<{ check: BodyCheck; body: Uint8Array<ArrayBuffer> }> {
  const { hash } = environment;
  if (capabilities.partCrc32) return { check: { kind: 'crc32', crc32: hash.crc32(buffer) }, body: buffer };
  const { md5, bytes } = await hash.md5Large(buffer);
  return { check: { kind: 'md5', md5 }, body: bytes };
}
