import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

export interface SimulationResult {
  readonly exitCode: number;
  readonly text: string;
}

/** Runs the simulation in a process of its own: it patches the program's sources before any of them is loaded. */
export function runSimulation(...options: readonly string[]): Promise<SimulationResult> {
  return new Promise((resolve) => {
    const args = ['--no-warnings', MAIN, ...options];
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 2;
      resolve({ exitCode, text: stdout + stderr });
    });
  });
}
