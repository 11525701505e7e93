import { parentOf } from '../core/paths.ts';

/** A watched directory: the watched directories in it, by name. */
interface Watched {
  readonly children: Map<string, Watched>;
}

/** Which directories of a tree are watched. Paths are below the root, as the disk spells them; '' is the root. */
export class WatchedDirectories {
  #root: Watched = { children: new Map() };

  /** Adds a directory, and those above it. */
  add(path: string): void {
    let node = this.#root;
    for (const name of namesOf(path)) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(name, child);
      }
      node = child;
    }
  }

  has(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  /** Takes a directory and all below it out. @returns their paths; none where it was not there */
  take(path: string): string[] {
    const node = this.#find(path);
    if (node === undefined) return [];
    if (path === '') this.#root = { children: new Map() };
    else this.#find(parentOf(path))?.children.delete(path.slice(path.lastIndexOf('/') + 1));
    const taken: string[] = [];
    const waiting: [string, Watched][] = [[path, node]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [current, { children }] = next;
      taken.push(current);
      for (const [name, child] of children) waiting.push([current === '' ? name : `${current}/${name}`, child]);
    }
    return taken;
  }

  #find(path: string): Watched | undefined {
    let node: Watched | undefined = this.#root;
    for (const name of namesOf(path)) node = node?.children.get(name);
    return node;
  }
}

function namesOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}
