#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=50
import './node-version.ts';
import './thread-pool.ts';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { SyncError } from '../core/errors.ts';
import { systemDesktop } from './desktop.ts';
import type { CliIo } from './io.ts';
import { runCli } from './main.ts';
import { terminalPrompt } from './terminal.ts';

const { stdin, stdout, stderr } = process;
const interrupts = new Set<() => void>();
const interrupt = () => {
  for (const callback of interrupts) callback();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

const io: CliIo = {
  stdin,
  stdout,
  stderr,
  isTTY: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
  columns: () => (isatty(2) ? stderr.columns : isatty(1) ? stdout.columns : 80),
  env: process.env,
  get cwd() {
    return presentDirectory();
  },
  platform: process.platform,
  home: homedir(),
  program: [process.execPath, realpathSync(fileURLToPath(import.meta.url))],
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    every(intervalMs, callback) {
      const timer = setInterval(callback, intervalMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  },
  prompt: terminalPrompt(stdin, stderr, interrupt),
  desktop: systemDesktop(process.env, process.platform),
  openHost: async (home) => (await import('./host.ts')).openHost(home),
  onSignal(callback) {
    interrupts.add(callback);
    return () => interrupts.delete(callback);
  },
};

/** Asked for when a path hangs on it: it may have been removed, and most commands do without. */
function presentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    const message = 'The directory that you are in is not there any more.';
    throw new SyncError({ code: 'invalid-argument', message, advice: 'Go to another one, and try again.', cause });
  }
}

// The engine's own timers let the process end; a command that watches has to go on until it is told to stop.
const alive = setInterval(() => undefined, 60_000);
const exitCode = await runCli(process.argv.slice(2), io);
clearInterval(alive);
// A pipe may still have to take what was written; stdin, or a second Ctrl-C, may leave work behind that nobody waits for.
await new Promise<void>((resolve) => stdout.write('', () => resolve()));
process.exit(exitCode);
