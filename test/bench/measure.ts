import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';

/** A program to run, with what it finds in its environment besides ours. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a run of a program cost. CPU and memory are only known on Linux, which tells them in /proc. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system time of the program and of all that it started and waited for. */
  readonly cpuSeconds: number | undefined;
  readonly peakRssBytes: number | undefined;
}

/** The kernel counts in hundredths of a second towards programs, whatever it does inside. */
const TICKS_PER_SECOND = 100;
/** The kernel keeps the peak itself; what is lost is growth within the last pause before the end. */
const PEAK_EVERY_MS = 10;
const LAST_WORDS = 2_000;

/**
 * Runs a program to its end. No other child of this process may end meanwhile: its CPU time would count too.
 *
 * @throws Error with the program's last words when it does not exit with 0.
 */
export async function measure(command: Command): Promise<Cost> {
  await touchMemory();
  const cpuBefore = await cpuSecondsOfEndedChildren();
  const startMs = performance.now();
  const run = start(command);
  let peakRssBytes: number | undefined;
  const sampling = setInterval(() => {
    void memoryOf(run.pid).then((memory) => (peakRssBytes = memory?.peakRssBytes ?? peakRssBytes));
  }, PEAK_EVERY_MS);
  await run.ended.finally(() => clearInterval(sampling));
  const wallSeconds = (performance.now() - startMs) / 1_000;
  const cpuAfter = await cpuSecondsOfEndedChildren();
  const cpuSeconds = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return { wallSeconds, cpuSeconds, peakRssBytes };
}

/** As much as any program of a bench fills with what it writes and with what it needs itself. */
const TOUCHED_BYTES = 3 * 1024 ** 3;
const TOUCHED_AT_ONCE_BYTES = 64 * 1024 ** 2;

/**
 * Fills memory, and lets it go. A virtual machine gives back to its host what has been free for a second or two, and to get
 * a GiB of it anew can take longer than to download one: whoever comes after a pause would pay for it, and who comes
 * right after another program would not.
 */
async function touchMemory(): Promise<void> {
  const pieces = Math.floor(Math.min(TOUCHED_BYTES, freemem() / 2) / TOUCHED_AT_ONCE_BYTES);
  const program = `for (let n = 0, kept = []; n < ${pieces}; n++) kept.push(Buffer.alloc(${TOUCHED_AT_ONCE_BYTES}, 1))`;
  await start({ file: process.execPath, args: ['--eval', program] }).ended;
}

export interface RunningProgram {
  readonly pid: number;
  /** Resolves when it ended well. */
  readonly ended: Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a program; each line of its output goes to `onLine`. */
export function start({ file, args, env = {} }: Command, onLine?: (line: string) => void): RunningProgram {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', onLine === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS)));
  if (onLine !== undefined) passLines(child.stdout, onLine);
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  let stopping = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('exit', killOnExit);
      if (code === 0 || stopping) resolve();
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code ?? signal ?? 'nothing'}:\n${lastWords}`));
    });
  });
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ended,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function passLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

/** User and system time that a running process has used so far; undefined where the system does not tell. */
export async function cpuSecondsOf(pid: number): Promise<number | undefined> {
  const [user, system] = await statFields(String(pid), 14, 15);
  return user === undefined || system === undefined ? undefined : (user + system) / TICKS_PER_SECOND;
}

/** Resident memory of a running process, now and at most. */
export async function memoryOf(pid: number): Promise<{ rssBytes: number; peakRssBytes: number } | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(text) ?? [];
  const [, now] = /^VmRSS:\s+(\d+) kB$/m.exec(text) ?? [];
  if (peak === undefined || now === undefined) return undefined;
  return { rssBytes: Number(now) * 1_024, peakRssBytes: Number(peak) * 1_024 };
}

/** The kernel adds a child's time to its parent's count when the child has ended. */
async function cpuSecondsOfEndedChildren(): Promise<number | undefined> {
  const [user, system] = await statFields('self', 16, 17);
  return user === undefined || system === undefined ? undefined : (user + system) / TICKS_PER_SECOND;
}

/** Fields of /proc/PID/stat by their number in proc(5). */
async function statFields(process: string, ...numbers: number[]): Promise<(number | undefined)[]> {
  const text = await readFile(`/proc/${process}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  // The second field is the program's name, which may hold anything; the third follows its bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return numbers.map((number) => Number(fields[number - 3]));
}
