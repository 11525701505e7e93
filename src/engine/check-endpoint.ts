import { SyncError } from '../core/errors.ts';

/** The endpoint in its one spelling: scheme, host and port. @throws SyncError invalid-argument */
export function checkEndpoint(text: string): string {
  const url = URL.parse(text);
  const problem =
    url === null || !['http:', 'https:'].includes(url.protocol)
      ? 'it must start with http:// or https://'
      : url.username !== '' || url.password !== ''
        ? 'keys do not belong into the address'
        : url.pathname !== '/' || url.search !== '' || url.hash !== ''
          ? 'it must end after the host and port; buckets and keys are given elsewhere'
          : undefined;
  if (url !== null && problem === undefined) return url.origin;
  throw new SyncError({
    code: 'invalid-argument',
    message: `The endpoint ${JSON.stringify(withoutSecrets(text))} is not usable: ${problem ?? 'it is no address'}.`,
    advice: 'Give it like http://192.168.1.100:9000 or https://rustfs.example.com.',
  });
}

/** An address without what might be a password in it. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@');
}
