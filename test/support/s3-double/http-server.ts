import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { emptyAnswer, errorAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import * as buckets from './bucket-handlers.ts';
import { readBody } from './body.ts';
import type { ReceivedBody } from './body.ts';
import { S3Error } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import { effectOf } from './faults.ts';
import type { FaultEffect, Faults } from './faults.ts';
import type { S3Model } from './model.ts';
import * as multipart from './multipart-handlers.ts';
import * as objects from './object-handlers.ts';
import { parameter, readRequest } from './request.ts';
import type { S3Request } from './request.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { verifySignature } from './sigv4.ts';
import type { Credentials } from './sigv4.ts';

export interface ServerParts {
  readonly model: S3Model;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly credentials: Credentials;
  readonly clock: () => number;
  readonly keepContent: boolean;
  /** Ends waiting requests when the double closes. */
  readonly closing: AbortSignal;
}

/** The HTTP(S) server around a model; not listening yet. `tls` holds PEM texts. */
export function createS3Server(parts: ServerParts, tls?: { cert: string; key: string }): Server {
  let lastRequest = 0;
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    lastRequest += 1;
    const requestId = `DOUBLE${String(lastRequest).padStart(10, '0')}`;
    serve(parts, message, response, requestId).catch((error: unknown) => {
      // A client that went away is everyday life; anything else is a mistake in the double and has to be loud.
      if (!message.destroyed && !parts.closing.aborted) console.error('S3 double:', error);
      response.destroy();
    });
  };
  return tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
}

async function serve(
  parts: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const request = readRequest(message);
  const partNumberText = parameter(request, 'partNumber');
  const logged: LoggedRequest = {
    operation: request.operation,
    bucket: request.bucket,
    key: request.key,
    partNumber: partNumberText === undefined ? undefined : Number(partNumberText),
    bytesReceived: 0,
    bytesSent: 0,
    status: undefined,
    errorCode: undefined,
  };
  parts.requests.all.push(logged);
  const effects = parts.faults.effectsOn(logged);
  const latency = effectOf(effects, 'latency');
  if (latency !== undefined) await delay(latency.delayMs, undefined, { signal: parts.closing });
  if (effectOf(effects, 'resetBefore') !== undefined) {
    message.socket.destroy();
    return;
  }
  // Without an answer the connection stays open until one side gives up.
  if (effectOf(effects, 'hang') !== undefined) return;

  const answer = await answerOrError(parts, message, request, response, effects, logged, requestId);
  if (answer === 'streaming') return;
  if (effectOf(effects, 'resetAfter') !== undefined) {
    message.socket.destroy();
    return;
  }
  logged.status = answer.status;
  send(answer, response, effects, logged, requestHeaders(parts, requestId), request);
}

async function answerOrError(
  parts: ServerParts,
  message: IncomingMessage,
  request: S3Request,
  response: ServerResponse,
  effects: readonly FaultEffect[],
  logged: LoggedRequest,
  requestId: string,
): Promise<Answer | 'streaming'> {
  try {
    if (request.operation === 'Health') return emptyAnswer(200);
    const injected = effectOf(effects, 'error');
    if (injected !== undefined) throw new S3Error(injected.code);
    const authenticated = verifySignature(request, parts.credentials, serverTime(parts));
    const keepContent = parts.keepContent || !['PutObject', 'UploadPart'].includes(request.operation);
    const body = await readBody(message, request, authenticated, {
      keepContent,
      onBytes: (count) => (logged.bytesReceived += count),
    });
    if (effectOf(effects, 'expireUpload') !== undefined && request.bucket !== undefined) {
      parts.model.bucket(request.bucket).uploads.delete(parameter(request, 'uploadId') ?? '');
    }
    if (request.operation === 'ListenBucketNotification' && request.bucket !== undefined) {
      for (const [name, value] of Object.entries(requestHeaders(parts, requestId))) response.setHeader(name, value);
      const isMute = effectOf(effects, 'muteEvents') !== undefined;
      streamEvents(parts.model, request, request.bucket, response, isMute);
      logged.status = 200;
      return 'streaming';
    }
    return handle(parts.model, request, body, effects);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    logged.errorCode = error.code;
    await drain(message, logged);
    return errorAnswer(error, request, requestId);
  }
}

/** Reads what is left of the body, so that the client gets to read the answer. */
async function drain(message: IncomingMessage, logged: LoggedRequest): Promise<void> {
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

function handle(model: S3Model, request: S3Request, body: ReceivedBody, effects: readonly FaultEffect[]): Answer {
  const { operation, bucket, key } = request;
  if (operation === 'ListBuckets') return buckets.listBuckets(model);
  if (bucket === undefined) throw new S3Error('MethodNotAllowed');
  const bucketHandler = bucketHandlers[operation];
  if (bucketHandler !== undefined) return bucketHandler({ model, request, bucket, body, effects });
  const objectHandler = objectHandlers[operation];
  if (objectHandler === undefined || key === undefined) {
    throw new S3Error('NotImplemented', `The double does not know this ${request.method}.`);
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

function serverTime({ clock, faults }: ServerParts): number {
  return clock() + faults.clockOffsetMs;
}

function requestHeaders(parts: ServerParts, requestId: string): Record<string, string> {
  return {
    date: new Date(serverTime(parts)).toUTCString(),
    'x-amz-request-id': requestId,
    server: 'S3 double',
  };
}

function send(
  answer: Answer,
  response: ServerResponse,
  effects: readonly FaultEffect[],
  logged: LoggedRequest,
  commonHeaders: Readonly<Record<string, string>>,
  request: S3Request,
): void {
  const damage = effectOf(effects, 'damageBody');
  const body = damage === undefined ? answer.body : [damaged(Buffer.concat(answer.body), damage.atByte)];
  const length = body.reduce((sum, chunk) => sum + chunk.length, 0);
  const hasLength = answer.status !== 204 && answer.status !== 304;
  response.writeHead(answer.status, {
    ...commonHeaders,
    ...answer.headers,
    ...(hasLength
      ? { 'content-length': String(request.method === 'HEAD' ? (answer.announcedBytes ?? 0) : length) }
      : {}),
  });
  const cut = effectOf(effects, 'cutBody');
  if (cut !== undefined && cut.afterBytes < length) {
    const start = Buffer.concat(body).subarray(0, cut.afterBytes);
    logged.bytesSent = start.length;
    response.write(start, () => response.destroy());
    return;
  }
  logged.bytesSent = length;
  for (const chunk of body) response.write(chunk);
  response.end();
}

function damaged(bytes: Buffer, atByte: number): Buffer {
  const copy = Buffer.from(bytes);
  const byte = copy[atByte];
  if (byte !== undefined) copy[atByte] = byte ^ 0xff;
  return copy;
}
