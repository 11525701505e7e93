import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { S3Access } from '../support/s3-client.ts';
import { measure, start, type Command, type Cost, type RunningProgram } from './measure.ts';

/** As the command's own first line starts it. */
const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];
const BUILT = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** Our command line: as it is built, or else its source. */
export async function ourProgram(): Promise<{ readonly path: string; readonly isBuilt: boolean }> {
  return access(BUILT).then(
    () => ({ path: BUILT, isBuilt: true }),
    () => ({ path: SOURCE, isBuilt: false }),
  );
}

/** Our command line with a state of its own and one folder in it. */
export class OurFolder {
  readonly root: string;
  readonly bucket: string;
  readonly #program: string;
  readonly #home: string;

  private constructor(program: string, home: string, root: string, bucket: string) {
    this.#program = program;
    this.#home = home;
    this.root = root;
    this.bucket = bucket;
  }

  /** Adds the server and the folder; `bucket` must be there. */
  static async add(
    scratch: string,
    access: S3Access,
    root: string,
    bucket: string,
    mode: 'upload' | 'two-way' | 'download' = 'upload',
  ): Promise<OurFolder> {
    await mkdir(root, { recursive: true });
    const home = await mkdtemp(join(scratch, 'home-'));
    const folder = new OurFolder((await ourProgram()).path, home, root, bucket);
    const { endpoint, accessKey, secretKey } = access;
    const account = ['account', 'add', 'bench', '--endpoint', endpoint, '--access-key', accessKey];
    const secret = ['--secret-key-env', 'BENCH_SECRET', '--store-secret-in-file'];
    await measure(folder.#command([...account, ...secret], { BENCH_SECRET: secretKey }));
    await measure(folder.#command(['folder', 'add', root, `bench:${bucket}`, '--mode', mode]));
    return folder;
  }

  /** `sync --once`. @throws Error when not everything is in sync after it. */
  async syncOnce(): Promise<Cost> {
    return measure(this.#command(['sync', '--once']));
  }

  /** `sync`, which watches. Resolves when the folder is in sync. */
  async watch(): Promise<RunningProgram> {
    let onInSync = () => {};
    const inSync = new Promise<void>((resolve) => (onInSync = resolve));
    const program = start(this.#command(['sync']), (line) => {
      if (line.includes('in sync')) onInSync();
    });
    // A program that ends by itself while it is to watch has failed.
    await Promise.race([inSync, program.ended]);
    return program;
  }

  /** `serve`, which syncs and shows the window in a browser. `env` goes into its environment. */
  async serve(env: Readonly<Record<string, string>>): Promise<{ program: RunningProgram; url: string }> {
    const told = Promise.withResolvers<string>();
    const program = start(this.#command(['serve', '--json'], env), told.resolve);
    const line = await Promise.race([told.promise, program.ended.then(() => Promise.reject(new Error('It ended.')))]);
    const { url } = JSON.parse(line) as { url: string };
    return { program, url };
  }

  /** As `config upload-limit` takes it: `2500kB/s`. */
  async limitUploads(limit: string): Promise<void> {
    await measure(this.#command(['config', 'upload-limit', limit]));
  }

  /** Forgets the state and the mark in the folder; files and objects stay. */
  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
    await rm(join(this.root, '.rustfs-sync'), { recursive: true, force: true });
  }

  #command(args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
    return {
      file: process.execPath,
      args: [...NODE_FLAGS, this.#program, ...args],
      env: { ...env, RUSTFS_SYNC_HOME: this.#home },
    };
  }
}
