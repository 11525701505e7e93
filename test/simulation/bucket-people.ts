import { contentOf } from '../../src/trial/s3/content.ts';
import { bytesOfContent, type Imagination } from './imagination.ts';
import type { World } from './life.ts';
import { BUCKET } from './server.ts';

/** What people do in the bucket directly, with other programs. */
export class BucketPeople {
  readonly #world: World;
  readonly #imagination: Imagination;

  constructor(world: World, imagination: Imagination) {
    this.#world = world;
    this.#imagination = imagination;
  }

  act(): void {
    const { chance, server, trace } = this.#world;
    const keys = server.paths();
    const sending = server.uploadPaths();
    if (sending.length > 0 && chance.hits(0.5)) {
      // Under a key to which somebody is sending parts just now.
      this.#put(chance.pick(sending), this.#imagination.content());
      return;
    }
    const what = chance.weighted({ put: 3, overwrite: 3, parts: 0.7, again: 0.3, remove: 2, move: 1.5 });
    const key = keys.length === 0 ? undefined : chance.pick(keys);
    if (what === 'put' || key === undefined) {
      this.#put(this.#imagination.path().normalize('NFC'), this.#imagination.content());
      return;
    }
    trace.add('bucket', `${what} ${key}`);
    const acts = {
      overwrite: () => this.#put(key, this.#imagination.content()),
      parts: () => this.#putParts(key, this.#imagination.content()),
      again: () => this.#putParts(key, server.current(key)?.content ?? ''),
      remove: () => this.remove(key),
      move: () => this.#move(key, this.#imagination.path().normalize('NFC')),
    };
    acts[what]();
  }

  /** What is in the bucket and no part of the folder: no engine has any business with it. */
  putBesides(): void {
    const { server, judge } = this.#world;
    if (server.prefix === '') return;
    const attributes = { headers: {}, metadata: {} };
    for (const key of ['a', `${server.prefix.slice(0, -1)}-b/a`, 'elsewhere/docs/a']) {
      const content = contentOf(bytesOfContent(judge.ledger.fresh(11)));
      server.byPerson(() => server.store.model.putObject(BUCKET, key, content, { attributes }));
    }
  }

  /** An object comes below a file of somebody, or to the name of a directory. */
  clash(paths: readonly string[]): void {
    const { chance } = this.#world;
    if (paths.length === 0) return;
    const path = chance.pick(paths).normalize('NFC');
    const above = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const key = chance.hits(0.5) ? `${path}/${this.#imagination.name()}` : above;
    if (key !== '') this.#put(key, this.#imagination.content());
  }

  remove(key: string): void {
    const { server, judge } = this.#world;
    judge.ledger.released(server.current(key)?.content ?? '');
    server.byPerson(() => server.store.model.deleteObject(BUCKET, server.keyOf(key)));
  }

  #put(key: string, content: string): void {
    const { server, judge, trace } = this.#world;
    if (!server.mayHold(key)) return;
    judge.ledger.released(server.current(key)?.content ?? '');
    trace.add('bucket', `put ${key} ${content.slice(0, 11)} (${content.length} bytes)`);
    judge.ledger.wrote(content);
    const attributes = { headers: {}, metadata: {} };
    server.byPerson(() =>
      server.store.model.putObject(BUCKET, server.keyOf(key), contentOf(bytesOfContent(content)), { attributes }),
    );
  }

  /** In parts, so that the ETag is not the MD5; maybe the content that is there already. */
  #putParts(key: string, content: string): void {
    const { server, judge } = this.#world;
    const old = server.current(key)?.content ?? '';
    if (content !== old) {
      judge.ledger.released(old);
      judge.ledger.wrote(content);
    }
    server.byPerson(() => server.store.seedParts(BUCKET, server.keyOf(key), bytesOfContent(content), [content.length]));
  }

  #move(from: string, to: string): void {
    const { server, judge } = this.#world;
    if (to === from || !server.mayHold(to)) return;
    judge.ledger.released(server.current(to)?.content ?? '');
    server.byPerson(() => {
      server.store.model.copyObject({ bucket: BUCKET, key: server.keyOf(from) }, BUCKET, server.keyOf(to));
      server.store.model.deleteObject(BUCKET, server.keyOf(from));
    });
  }
}
