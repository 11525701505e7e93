import { ConnectTimeoutError, PinMismatchError, ProxyConnectionError, ProxyRefusedError } from './connect.ts';
import type { Facts, Meaning } from './error-facts.ts';
import { InactivityError } from './http-handler.ts';

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the server signed its certificate itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate was signed by an authority that this computer does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate was signed by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate was signed by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate was signed by an authority that this computer does not know',
  CERT_UNTRUSTED: 'the certificate is not trusted on this computer',
  CERT_REJECTED: 'the certificate is not accepted on this computer',
  CERT_REVOKED: 'the certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'the signature of the certificate is wrong',
  INVALID_CA: 'the authority that signed the certificate may not sign any',
  INVALID_PURPOSE: 'the certificate is not meant for servers',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another host name',
  HOSTNAME_MISMATCH: 'the certificate belongs to another host name',
};

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at this address (connection refused)',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up at the moment',
  EHOSTUNREACH: 'there is no way to this host',
  EHOSTDOWN: 'the host is switched off or not in this network',
  ENETUNREACH: 'there is no way to this network',
  ENETDOWN: 'the network is down',
  EADDRNOTAVAIL: 'the network is not available',
  EACCES: 'this computer does not let the program reach it (a firewall, perhaps)',
  EPERM: 'this computer does not let the program reach it (a firewall, perhaps)',
  ECONNRESET: 'the connection was closed before the answer was complete',
  ECONNABORTED: 'the connection was closed before the answer was complete',
  EPIPE: 'the server closed the connection while data was being sent',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed before the answer was complete',
};

const CERTIFICATE_ADVICE =
  'Compare the fingerprint with the one that the administrator of the server gives you. If they are equal, trust this ' +
  'server by its fingerprint, or give the file of the authority that signed its certificate.';

/** Code of an error, also where several attempts to connect failed and are gathered in one. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : '';
}

/** Why no answer came, or undefined where the error is none of the connection. The system has more such errors than have words here. */
function whyUnreachable(error: unknown): string | undefined {
  const code = codeOf(error);
  const because = UNREACHABLE[code];
  if (because !== undefined) return because;
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const isOfSystem = first instanceof Error && 'syscall' in first;
  return isOfSystem ? `the connection failed (${code})` : undefined;
}

/** What an error of the connection means, or undefined when it is none. */
export function explainNetwork(error: unknown, facts: Facts): Meaning | undefined {
  const code = codeOf(error);
  if (error instanceof PinMismatchError) {
    return {
      code: 'untrusted-certificate',
      because: `the server shows another certificate than the trusted one; its SHA-256 fingerprint is ${error.presented}`,
      advice:
        'If the certificate of the server was renewed, compare this fingerprint with the new one and trust it. ' +
        'If not, somebody may be between you and the server: do not go on.',
    };
  }
  if (error instanceof ProxyRefusedError) return explainProxy(error.status);
  if (error instanceof ProxyConnectionError) return explainProxyConnection(error.cause, facts);
  // Without TLS the proxy is all that is connected to.
  const forwarded = facts.proxy !== undefined && facts.endpoint.startsWith('http:');
  if (forwarded && (error instanceof ConnectTimeoutError || whyUnreachable(error) !== undefined))
    return explainProxyConnection(error, facts);
  if (error instanceof ConnectTimeoutError || code === 'ETIMEDOUT') {
    return timeout('no connection came about in time', facts);
  }
  if (error instanceof InactivityError) return timeout('the server fell silent', facts);
  const certificate = CERTIFICATE_PROBLEMS[code];
  if (certificate !== undefined) {
    return { code: 'untrusted-certificate', because: certificate, advice: certificateAdvice(code) };
  }
  return explainProtocol(error, code) ?? explainUnreachable(error, code, facts);
}

/** What a proxy's refusal means. */
export function explainProxy(status: number): Meaning {
  const because =
    status === 407 ? 'the proxy asks for a name and password' : `the proxy refused the connection (status ${status})`;
  return {
    code: 'unreachable',
    because,
    advice:
      status === 407
        ? 'Give the account the name and the password for the proxy, and check them.'
        : 'Check the proxy address, and whether the proxy lets this server through.',
    retryable: status >= 500,
  };
}

/** Why the proxy itself can not be reached. */
function explainProxyConnection(error: unknown, { proxy = '' }: Facts): Meaning {
  const code = codeOf(error);
  const isLate = error instanceof ConnectTimeoutError || code === 'ETIMEDOUT';
  const refused = CERTIFICATE_PROBLEMS[code] ?? explainProtocol(error, code)?.because;
  const unreachable = refused === undefined ? whyUnreachable(error) : undefined;
  const why = isLate ? 'no connection came about in time' : (refused ?? unreachable ?? 'the connection failed');
  return {
    code: 'unreachable',
    because: `the proxy ${proxy} can not be used: ${why}`,
    advice:
      'Check the address of the proxy, and that it is running. Its certificate has to be one that this computer trusts.',
    retryable: isLate || unreachable !== undefined,
  };
}

function timeout(because: string, facts: Facts): Meaning {
  return {
    code: 'timeout',
    because,
    advice: `Check that ${facts.endpoint} is the right address and that the server is running.`,
    retryable: true,
  };
}

function certificateAdvice(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `Check the clock of this computer, and ask the administrator to renew the certificate. ${CERTIFICATE_ADVICE}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `Use the host name that the certificate was made for. ${CERTIFICATE_ADVICE}`;
    default:
      return CERTIFICATE_ADVICE;
  }
}

function explainProtocol(error: unknown, code: string): Meaning | undefined {
  const message = error instanceof Error ? error.message : '';
  if (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
    /http request/i.test(message)
  ) {
    return {
      code: 'not-s3',
      because: 'the server does not speak TLS at this address',
      advice: 'Use http:// in place of https:// in the address, or the port on which the server speaks TLS.',
    };
  }
  if (code.startsWith('HPE_')) {
    return {
      code: 'not-s3',
      because: 'what answers there is not a web server, or it speaks TLS',
      advice: 'Check the port. If the server uses TLS, begin the address with https://',
    };
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || code.startsWith('ERR_TLS_')) {
    return {
      code: 'unreachable',
      because: 'no encrypted connection could be agreed on',
      advice: 'Check that the server supports TLS 1.2 or newer, and that the address and port are right.',
    };
  }
  return undefined;
}

function explainUnreachable(error: unknown, code: string, facts: Facts): Meaning | undefined {
  const because = whyUnreachable(error);
  if (because === undefined) return undefined;
  const hostname = (error as { hostname?: unknown }).hostname;
  const { bucket } = facts.doing;
  if (code === 'ENOTFOUND' && !facts.pathStyle && bucket !== undefined && typeof hostname === 'string') {
    return {
      code: 'path-style-needed',
      because: `the host name ${hostname}, which is made of the bucket's name, is not known`,
      advice: 'Turn on "path style" for this account: this server does not give every bucket a host name of its own.',
    };
  }
  return {
    code: 'unreachable',
    because,
    advice: `Check that ${facts.endpoint} is the right address and that the server is running.`,
    retryable: true,
  };
}
