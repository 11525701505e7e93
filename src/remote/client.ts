import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { StoreTarget } from '../core/object-store.ts';
import type { Address } from './address.ts';
import { signingHash } from './signing-hash.ts';
import type { HttpHandler, WireRequest } from './http-handler.ts';

/** The SDK's own signer for signature v4. */
export type Signer = Awaited<ReturnType<S3Client['config']['signer']>>;

/**
 * All that the SDK would otherwise look for in environment variables, in `~/.aws` or at a cloud's metadata address: this
 * program reads its own settings and nothing else.
 */
const NOTHING_FROM_OUTSIDE = {
  authSchemePreference: [] as string[],
  defaultsMode: 'legacy',
  disableS3ExpressSessionAuth: true,
  maxAttempts: 1,
  retryMode: 'standard',
  sigv4aSigningRegionSet: [] as string[],
  useArnRegion: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: async () => undefined,
} satisfies S3ClientConfig;

/** Steps of every request that do nothing for us but take time. */
const NEEDLESS_STEPS = [
  'getUserAgentMiddleware',
  'recursionDetectionMiddleware',
  'loggerMiddleware',
  'regionRedirectMiddleware',
  'regionRedirectEndpointMiddleware',
  's3ExpressMiddleware',
  'addExpectContinueMiddleware',
];

/** The SDK's client for an account, with the one signer that its commands and our own requests share. */
export function createClient(
  { settings, secret }: StoreTarget,
  address: Address,
  handler: HttpHandler,
): { readonly client: S3Client; readonly signer: Promise<Signer> } {
  const client = new S3Client({
    ...NOTHING_FROM_OUTSIDE,
    endpoint: address.endpoint,
    region: settings.region,
    forcePathStyle: settings.pathStyle,
    credentials: {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: secret.secretAccessKey,
      ...(secret.sessionToken === undefined ? {} : { sessionToken: secret.sessionToken }),
    },
    requestHandler: adapt(handler),
    sha256: signingHash(),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK would silently sign with the server's time after the first refusal: a wrong clock is to be told instead.
    disableClockSkewCorrection: async () => true,
  });
  for (const name of NEEDLESS_STEPS) client.middlewareStack.remove(name);
  // Others find their place by this step's name, so it stays, and does nothing: the transfer room repeats requests.
  client.middlewareStack.add((next) => (args) => next(args), {
    name: 'retryMiddleware',
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  });
  // The SDK makes a new signer for every request, which costs a quarter of a small one.
  const signer = client.config.signer({
    name: 'sigv4',
    signingName: 's3',
    signingRegion: settings.region,
    properties: {},
  });
  client.config.signer = () => signer;
  return { client, signer };
}

/** The handler in the SDK's form. Its options are always ours, since nobody else calls the client. */
function adapt(handler: HttpHandler) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request: WireRequest, options?: object) => handler.handle(request, options),
    destroy: () => handler.destroy(),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}
