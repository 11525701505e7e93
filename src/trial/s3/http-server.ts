import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { emptyAnswer, errorAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import * as buckets from './bucket-handlers.ts';
import { readBody } from './body.ts';
import type { ReceivedBody } from './body.ts';
import { keepInMemory, readChunk } from './content.ts';
import type { Keep } from './content.ts';
import { S3Error } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import type { Intervention } from './intervention.ts';
import type { S3Model } from './model.ts';
import * as multipart from './multipart-handlers.ts';
import * as objects from './object-handlers.ts';
import { parameter, readRequest } from './request.ts';
import type { S3Request } from './request.ts';
import type { ServedRequest } from './served-request.ts';
import { verifySignature } from './sigv4.ts';
import type { Credentials } from './sigv4.ts';

export interface ServerParts {
  readonly model: S3Model;
  readonly credentials: Credentials;
  /** What the server takes for the time, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Where the bytes of objects are kept; without it only their sizes and hashes are. */
  readonly keep: Keep | undefined;
  /** Ends waiting requests when the server closes. */
  readonly closing: AbortSignal;
  /** Told of each request as it begins; what it answers is done to that request. */
  readonly onRequest?: (request: ServedRequest) => Intervention;
  /** Told of defects of the server itself. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * Longer than any client keeps an idle connection: whoever closes first must not be the one whom a request may just be
 * on the way to.
 */
const KEEP_ALIVE_MS = 120_000;

/** The HTTP(S) server around a model; not listening yet. `tls` holds PEM texts. */
export function createS3Server(parts: ServerParts, tls?: { cert: string; key: string }): Server {
  let lastRequest = 0;
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    lastRequest += 1;
    const requestId = `REQUEST${String(lastRequest).padStart(10, '0')}`;
    serve(parts, message, response, requestId).catch((error: unknown) => {
      // A client that went away is everyday life; anything else is a mistake in this server.
      if (!message.destroyed && !parts.closing.aborted) parts.onDefect(error);
      response.destroy();
    });
  };
  const server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

/** @returns the port on 127.0.0.1; one that is free unless told. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function serve(
  parts: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const request = readRequest(message);
  const partNumberText = parameter(request, 'partNumber');
  const logged: ServedRequest = {
    operation: request.operation,
    bucket: request.bucket,
    key: request.key,
    partNumber: partNumberText === undefined ? undefined : Number(partNumberText),
    bytesReceived: 0,
    bytesSent: 0,
    status: undefined,
    errorCode: undefined,
  };
  const intervention = parts.onRequest?.(logged) ?? {};
  if ((await intervention.arrive?.(message, parts.closing)) === false) return;
  const answer = await answerOrError(parts, message, request, response, intervention, logged, requestId);
  if (answer === 'streaming' || intervention.answered?.(message) === false) return;
  logged.status = answer.status;
  await send(answer, response, intervention, logged, requestHeaders(parts, requestId), request);
}

async function answerOrError(
  parts: ServerParts,
  message: IncomingMessage,
  request: S3Request,
  response: ServerResponse,
  intervention: Intervention,
  logged: ServedRequest,
  requestId: string,
): Promise<Answer | 'streaming'> {
  try {
    if (request.operation === 'Health') return emptyAnswer(200);
    intervention.admit?.();
    const authenticated = verifySignature(request, parts.credentials, parts.clock());
    const isContent = request.operation === 'PutObject' || request.operation === 'UploadPart';
    const body = await readBody(message, request, authenticated, {
      keep: isContent ? parts.keep : keepInMemory,
      onBytes: (count) => (logged.bytesReceived += count),
    });
    intervention.prepare?.(parts.model, request);
    if (request.operation === 'ListenBucketNotification' && request.bucket !== undefined) {
      for (const [name, value] of Object.entries(requestHeaders(parts, requestId))) response.setHeader(name, value);
      streamEvents(parts.model, request, request.bucket, response, intervention.mutesEvents ?? false);
      logged.status = 200;
      return 'streaming';
    }
    return handle(parts.model, request, body, intervention);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    logged.errorCode = error.code;
    await drain(message, logged);
    return errorAnswer(error, request, requestId);
  }
}

/** Reads what is left of the body, so that the client gets to read the answer. */
async function drain(message: IncomingMessage, logged: ServedRequest): Promise<void> {
  if (message.readableEnded || message.destroyed) return;
  message.on('data', (chunk: Buffer) => {
    logged.bytesReceived += chunk.length;
  });
  await new Promise((resolve) => {
    message.once('end', resolve);
    message.once('close', resolve);
    message.resume();
  });
}

function handle(model: S3Model, request: S3Request, body: ReceivedBody, intervention: Intervention): Answer {
  const { operation, bucket, key } = request;
  if (operation === 'ListBuckets') return buckets.listBuckets(model);
  if (bucket === undefined) throw new S3Error('MethodNotAllowed');
  const bucketHandler = bucketHandlers[operation];
  if (bucketHandler !== undefined) return bucketHandler({ model, request, bucket, body, intervention });
  const objectHandler = objectHandlers[operation];
  if (objectHandler === undefined || key === undefined) {
    throw new S3Error('NotImplemented', `This server does not know this ${request.method}.`);
  }
  return objectHandler({ model, request, bucket, key, body });
}

const bucketHandlers: Readonly<Partial<Record<string, (call: buckets.BucketCall) => Answer>>> = {
  CreateBucket: buckets.createBucket,
  DeleteBucket: buckets.deleteBucket,
  HeadBucket: buckets.headBucket,
  GetBucketLocation: buckets.getBucketLocation,
  GetBucketVersioning: buckets.getBucketVersioning,
  PutBucketVersioning: buckets.putBucketVersioning,
  DeleteObjects: buckets.deleteObjects,
  ListObjectsV2: buckets.listObjectsV2,
  ListObjectVersions: buckets.listObjectVersions,
  ListMultipartUploads: buckets.listMultipartUploads,
};

const objectHandlers: Readonly<Partial<Record<string, (call: objects.ObjectCall) => Answer>>> = {
  PutObject: objects.putObject,
  GetObject: objects.getObject,
  HeadObject: objects.getObject,
  DeleteObject: objects.deleteObject,
  CopyObject: objects.copyObject,
  CreateMultipartUpload: multipart.createMultipartUpload,
  UploadPart: multipart.uploadPart,
  UploadPartCopy: multipart.uploadPartCopy,
  ListParts: multipart.listParts,
  CompleteMultipartUpload: multipart.completeMultipartUpload,
  AbortMultipartUpload: multipart.abortMultipartUpload,
};

function requestHeaders(parts: ServerParts, requestId: string): Record<string, string> {
  return {
    date: new Date(parts.clock()).toUTCString(),
    'x-amz-request-id': requestId,
    server: 'RustFS Sync',
  };
}

async function send(
  answer: Answer,
  response: ServerResponse,
  intervention: Intervention,
  logged: ServedRequest,
  commonHeaders: Readonly<Record<string, string>>,
  request: S3Request,
): Promise<void> {
  const { body } = answer;
  const length = body.reduce((sum, chunk) => sum + chunk.length, 0);
  const hasLength = answer.status !== 204 && answer.status !== 304;
  response.writeHead(answer.status, {
    ...commonHeaders,
    ...answer.headers,
    ...(hasLength
      ? { 'content-length': String(request.method === 'HEAD' ? (answer.announcedBytes ?? 0) : length) }
      : {}),
  });
  const sentBytes = intervention.send?.(body, response);
  logged.bytesSent = sentBytes ?? length;
  if (sentBytes !== undefined) return;
  // Read from where it lies piece by piece, as fast as the client takes it.
  await pipeline(
    (function* () {
      for (const chunk of body) yield readChunk(chunk);
    })(),
    response,
  );
}
