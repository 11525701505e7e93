import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { findRealServer, howToGetAServer, startRealServer, type RealServer } from '../support/real-server.ts';
import { plainClient, removeBucket } from '../support/s3-client.ts';
import { peerEnvironment, type PeerName } from '../support/peers.ts';
import { findPeers, type Peers } from './peers.ts';
import type { Command } from './measure.ts';
import { OurFolder } from './ours.ts';
import { smallFiles } from './fixtures.ts';

export interface BenchOptions {
  readonly quick: boolean;
  readonly log: (line: string) => void;
}

/** What all cases share: one server, one scratch directory, the peers. */
export class Bench {
  readonly quick: boolean;
  readonly log: (line: string) => void;
  readonly server: RealServer;
  readonly client: S3Client;
  readonly peers: Peers;
  /** On the same disk for all; removed at the end. */
  readonly scratch: string;
  readonly #buckets = new Set<string>();
  #bucketCount = 0;
  #manyFiles: Promise<OurFolder> | undefined;

  private constructor(options: BenchOptions, server: RealServer, peers: Peers, scratch: string) {
    this.quick = options.quick;
    this.log = options.log;
    this.server = server;
    this.client = plainClient(server);
    this.peers = peers;
    this.scratch = scratch;
  }

  /** @throws Error when no real server can be had. */
  static async open(options: BenchOptions): Promise<Bench> {
    const found = await findRealServer({ build: true, log: options.log });
    if (found === undefined) throw new Error(`No real S3 server found: ${howToGetAServer}.`);
    const peers = await findPeers(options.log);
    const server = await startRealServer(found);
    return new Bench(options, server, peers, await mkdtemp(join(tmpdir(), 'rustfs-sync-bench-')));
  }

  /** Rounds that count. */
  get rounds(): number {
    return this.quick ? 1 : 3;
  }

  /** Whether a round that does not count comes first. */
  get warmUp(): boolean {
    return !this.quick;
  }

  async freshBucket(): Promise<string> {
    this.#bucketCount += 1;
    const bucket = `bench-${process.pid}-${this.#bucketCount}`;
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }));
    this.#buckets.add(bucket);
    return bucket;
  }

  /** Removes a bucket with what is in it, one request an object. */
  async dropBucket(bucket: string): Promise<void> {
    await removeBucket(this.client, bucket);
    this.#buckets.delete(bucket);
  }

  ourFolder(root: string, bucket: string): Promise<OurFolder> {
    return OurFolder.add(this.scratch, this.server, root, bucket);
  }

  /** @throws Error when the peer is missing. */
  peer(name: PeerName, args: readonly string[]): Command {
    const peer = this.peers.found.get(name);
    if (peer === undefined) throw new Error(`${name} is missing.`);
    return { file: peer.path, args, env: peerEnvironment(this.server, this.scratch) };
  }

  /** 100,000 files in 1,000 directories, in sync with a bucket; made when a case first asks for it. */
  manyFiles(): Promise<OurFolder> {
    this.#manyFiles ??= this.#makeManyFiles();
    return this.#manyFiles;
  }

  async #makeManyFiles(): Promise<OurFolder> {
    this.log('  making 100,000 files and uploading them with ours (not counted)');
    const root = await smallFiles(this.scratch, { directories: 1_000, filesPerDirectory: 100, fileBytes: 100 });
    const folder = await this.ourFolder(root, await this.freshBucket());
    await folder.syncOnce();
    return folder;
  }

  async close(): Promise<void> {
    try {
      // A server of our own goes with all that it holds.
      if (this.server.pid === undefined) for (const bucket of this.#buckets) await this.dropBucket(bucket);
    } finally {
      this.client.destroy();
      await this.server.stop();
      await rm(this.scratch, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}
