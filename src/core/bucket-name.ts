/** What the name of a new bucket has to be, by the rules of S3. */
export const BUCKET_NAME_RULE =
  'Use 3 to 63 small letters, digits, hyphens and dots; a letter or digit at both ends and beside each dot.';

/** Whether a new bucket may have this name. One that looks like an IPv4 address may be none, since it can stand before a host's. */
export function isBucketName(text: string): boolean {
  return (
    text.length >= 3 &&
    text.length <= 63 &&
    /^[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*$/.test(text) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(text)
  );
}
