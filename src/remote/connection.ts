import type { S3Client } from '@aws-sdk/client-s3';
import type { SyncError } from '../core/errors.ts';
import { hasCode } from '../core/errors.ts';
import type { UploadNotes } from '../core/journal.ts';
import type { StoreTarget } from '../core/object-store.ts';
import type { Doing } from './actions.ts';
import { locate, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { createClient } from './client.ts';
import type { Signer } from './client.ts';
import type { Facts } from './error-facts.ts';
import { translate, withFingerprint } from './errors.ts';
import { fetchCertificateFingerprint } from './fingerprint.ts';
import { HttpHandler } from './http-handler.ts';
import type { HandleOptions, WireResponse } from './http-handler.ts';
import { resolveOptions } from './options.ts';
import type { ResolvedOptions, StoreOptions } from './options.ts';
import { proxyOf } from './proxy.ts';
import { createTransport } from './transport.ts';

/** A request that we sign and send ourselves. */
export interface RawRequest {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Record<string, string | string[]>;
  /** In lower case. `host` and the signature are added. */
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
}

/** An open account: the SDK's client, our own way around it, and the words for what goes wrong. */
export class Connection {
  readonly client: S3Client;
  readonly handler: HttpHandler;
  readonly options: ResolvedOptions;
  readonly address: Address;
  readonly uploadNotes: UploadNotes | undefined;
  readonly #target: StoreTarget;
  readonly #proxy: URL | undefined;
  readonly #signer: Promise<Signer>;
  readonly #others = new Map<string, S3Client>();

  constructor(target: StoreTarget, options: StoreOptions) {
    this.#target = target;
    this.uploadNotes = target.uploadNotes;
    this.options = resolveOptions(options);
    this.address = parseAddress(target.settings);
    this.#proxy = proxyOf(target);
    const transport = createTransport(target.settings, this.#proxy, this.address.secure, this.options);
    this.handler = new HttpHandler(transport, this.options);
    const { client, signer } = createClient(target, this.address, this.handler);
    this.client = client;
    this.#signer = signer;
  }

  /** Runs one of the SDK's commands, with errors in our words. */
  async run<T>(
    doing: Doing,
    options: HandleOptions,
    command: (client: S3Client, options: HandleOptions) => Promise<T>,
  ): Promise<T> {
    try {
      return await command(this.client, options);
    } catch (error) {
      throw await this.explain(error, doing);
    }
  }

  /** Signs and sends a request past the SDK's commands. The caller reads the body to its end or destroys it. */
  async raw(doing: Doing, request: RawRequest, options: HandleOptions): Promise<WireResponse> {
    try {
      const { body, ...unsigned } = this.#wireRequest(request);
      const signer = await this.#signer;
      const signed = await signer.sign(unsigned, { signingDate: new Date(this.options.clock.now()) });
      const { response } = await this.handler.handle({ ...unsigned, headers: signed.headers, body }, options);
      return response;
    } catch (error) {
      throw await this.explain(error, doing);
    }
  }

  /** What went wrong, for errors of requests and of bodies that are still being read. */
  async explain(error: unknown, doing: Doing): Promise<SyncError> {
    const { settings, secret } = this.#target;
    const facts: Facts = {
      doing,
      endpoint: this.address.endpoint,
      pathStyle: this.address.pathStyle,
      proxy: this.#proxy?.origin,
      region: settings.region,
      nowMs: this.options.clock.now(),
    };
    const secrets = [secret.secretAccessKey, secret.sessionToken ?? '', secret.proxy?.password ?? ''];
    const translated = translate(error, facts, secrets);
    if (!hasCode(translated, 'untrusted-certificate') || translated.message.includes('fingerprint')) return translated;
    try {
      const options = { proxy: this.#proxy, timeoutMs: this.options.connectTimeoutMs };
      return withFingerprint(translated, await fetchCertificateFingerprint(settings.endpoint, options));
    } catch {
      // The fingerprint is a help for the person; without it the error is still the same.
      return translated;
    }
  }

  /** A client that signs for another address of the same server. Nothing is sent through it. */
  clientFor(endpoint: string): S3Client {
    let client = this.#others.get(endpoint);
    if (client === undefined) {
      const settings = { ...this.#target.settings, endpoint };
      client = createClient({ ...this.#target, settings }, parseAddress(settings), this.handler).client;
      this.#others.set(endpoint, client);
    }
    return client;
  }

  dropConnections(): void {
    this.handler.destroy();
  }

  close(): void {
    this.handler.destroy();
    this.client.destroy();
  }

  #wireRequest(request: RawRequest) {
    const { hostname, path, host } = locate(this.address, request.bucket, request.key);
    const length: Record<string, string> =
      request.body === undefined ? {} : { 'content-length': String(request.body.byteLength) };
    return {
      method: request.method,
      protocol: this.address.secure ? 'https:' : 'http:',
      hostname,
      port: this.address.port,
      path,
      query: request.query ?? {},
      headers: { ...request.headers, ...length, host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      body: request.body,
    };
  }
}
