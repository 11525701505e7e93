import mime from 'mime';

/** The media type by which a browser opens a shared link, from the key's extension. */
export function contentTypeOf(key: string): string {
  return mime.getType(key) ?? 'application/octet-stream';
}
