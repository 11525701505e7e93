/**
 * A Content-Disposition (RFC 6266) that makes a browser save under `name`: in plain ASCII for old ones, and in UTF-8
 * (RFC 5987) where the name needs it.
 */
export function attachment(name: string): string {
  const wellFormed = name.toWellFormed();
  const plain = wellFormed.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\%]/g, '_');
  if (plain === wellFormed) return `attachment; filename="${plain}"`;
  const encoded = encodeURIComponent(wellFormed).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
