import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished } from 'vitest';

type Call = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Writes down what this process does to the disk below a root, until the test ends: `write a`, `flush a`, `link a > b`,
 * `rename a > b`, `remove a`. Content counts as written or flushed once the disk has said so, names as soon as they are
 * asked for. The root is `.`, and letters that are drawn for a name read as `*`.
 */
export async function recordDisk(root: string): Promise<string[]> {
  const steps: string[] = [];
  const opened = new Map<number, string>();
  /** What a path below a descriptor in /proc is. */
  const real = (path: unknown) =>
    String(path).replace(/^\/proc\/self\/fd\/(\d+)/, (whole, fd) => opened.get(Number(fd)) ?? whole);
  const note = (step: string, paths: readonly string[]) => {
    if (!paths.every((path) => path === root || path.startsWith(`${root}/`))) return;
    const shown = paths.map((path) => path.slice(root.length + 1).replace(/[0-9a-f]{12,}/, '*') || '.');
    steps.push(`${step} ${shown.join(' > ')}`);
  };
  const noteFile = (step: string, fd: unknown) => note(step, [opened.get(Number(fd)) ?? '']);

  wrap(promises, 'open', async (call, self, args) => {
    const handle = (await call.apply(self, args)) as { readonly fd: number };
    opened.set(handle.fd, real(args[0]));
    return handle;
  });
  wrap(fs, 'openSync', (call, self, args) => {
    const fd = call.apply(self, args);
    opened.set(Number(fd), real(args[0]));
    return fd;
  });

  const handles = await prototypeOfHandles();
  for (const [name, step] of [
    ['write', 'write'],
    ['writeFile', 'write'],
    ['sync', 'flush'],
  ] as const) {
    wrap(handles, name, async (call, self, args) => {
      const result = await call.apply(self, args);
      noteFile(step, (self as { readonly fd: number }).fd);
      return result;
    });
  }
  wrap(fs, 'writeSync', (call, self, args) => {
    const written = call.apply(self, args);
    noteFile('write', args[0]);
    return written;
  });
  wrap(fs, 'fsync', (call, self, [fd, told]) =>
    call.apply(self, [
      fd,
      (error: unknown) => {
        noteFile('flush', fd);
        (told as Call)(error);
      },
    ]),
  );

  for (const [name, step] of [
    ['link', 'link'],
    ['rename', 'rename'],
    ['unlink', 'remove'],
    ['rm', 'remove'],
  ] as const) {
    for (const [target, called] of [
      [promises, name],
      [fs, `${name}Sync`],
    ] as const) {
      wrap(target, called, (call, self, args) => {
        note(step, args.filter((arg) => typeof arg === 'string').map(real));
        return call.apply(self, args);
      });
    }
  }
  syncBuiltinESMExports();
  return steps;
}

function wrap(target: object, name: string, make: (call: Call, self: unknown, args: unknown[]) => unknown): void {
  const call = Reflect.get(target, name) as Call;
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
    return make(call, this, args);
  });
  onTestFinished(() => {
    Reflect.set(target, name, call);
    syncBuiltinESMExports();
  });
}

/** Node does not name the class of an open file. */
async function prototypeOfHandles(): Promise<object> {
  const handle = await promises.open(process.execPath);
  await handle.close();
  return Object.getPrototypeOf(handle) as object;
}
