import { SyncError } from '../core/errors.ts';

/** The endpoint in its one spelling: scheme, host and port. @throws SyncError invalid-argument */
export function checkEndpoint(text: string): string {
  return checkAddress(text, {
    what: 'endpoint',
    userinfo: 'keys do not belong into the address',
    rest: 'it must end after the host and port; buckets and keys are given elsewhere',
    advice: 'Give it like http://192.168.1.100:9000 or https://rustfs.example.com.',
  });
}

/** The address of a proxy in its one spelling: scheme, host and port. @throws SyncError invalid-argument */
export function checkProxy(text: string): string {
  return checkAddress(text, {
    what: 'proxy address',
    userinfo: 'the name and password for the proxy do not belong into it, where others can read them',
    rest: 'it must end after the host and port',
    advice: 'Give it like http://proxy.example:3128, and the name and password by themselves.',
  });
}

interface Words {
  readonly what: string;
  readonly userinfo: string;
  readonly rest: string;
  readonly advice: string;
}

function checkAddress(text: string, { what, userinfo, rest, advice }: Words): string {
  const url = URL.parse(text);
  const problem =
    url === null || !['http:', 'https:'].includes(url.protocol)
      ? 'it must start with http:// or https://'
      : url.username !== '' || url.password !== ''
        ? userinfo
        : url.pathname !== '/' || url.search !== '' || url.hash !== ''
          ? rest
          : undefined;
  if (url !== null && problem === undefined) return url.origin;
  throw new SyncError({
    code: 'invalid-argument',
    message: `The ${what} ${JSON.stringify(withoutUserinfo(text, '…@'))} is not usable: ${problem ?? 'it is no address'}.`,
    advice,
  });
}

/** An address without what might be a password in it. */
export function withoutUserinfo(address: string, instead = ''): string {
  return address.replace(/\/\/[^/]*@/, `//${instead}`);
}
