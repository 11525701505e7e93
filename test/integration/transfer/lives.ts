import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one life of the program is to download, and when it is to be killed. */
export interface LifePlan {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  readonly root: string;
  readonly database: string;
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** The process kills itself, as kill -9 does, once so much has arrived. */
  readonly killAfterBytes: number | undefined;
}

export interface Life {
  /** First bytes of the ranges that were asked for. */
  readonly fetchedRanges: readonly number[];
  /** Undefined when it was killed. */
  readonly result: string | undefined;
}

/** Runs one download in a process of its own. */
export async function startLife(plan: LifePlan): Promise<Life> {
  const script = fileURLToPath(new URL('download-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(JSON.stringify(plan));
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const lines = output.split('\n').filter((line) => line !== '');
  const isKilled = plan.killAfterBytes !== undefined && ended.signal === 'SIGKILL';
  if (!isKilled && ended.code !== 0) throw new Error(`The download ended with ${String(ended.code ?? ended.signal)}`);
  const valuesOf = (name: string) =>
    lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
  return { fetchedRanges: valuesOf('range ').map(Number), result: valuesOf('result ')[0] };
}
