import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseFace } from './choose-face.ts';

const SHELL_CHECK_MS = 1_000;

/** `npm start`: the desktop app where it can run, else the window in the browser. Says which. */
const root = fileURLToPath(new URL('..', import.meta.url));
const { env, platform } = process;
const face = chooseFace({ env, platform, userId: process.getuid?.(), root });
process.stdout.write(`${face.why}\n`);
const [program, ...args] = face.kind === 'desktop' ? [face.program, root] : browserCommand();
const child = spawn(program, [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; this process only waits for it.
process.on('SIGINT', () => undefined);
// A kill reaches this process alone.
process.on('SIGTERM', () => child.kill('SIGTERM'));
if (env['npm_lifecycle_event'] !== undefined) endWithShell();
child.on('error', ({ message }) => {
  process.stderr.write(`error: ${program} can not be started (${message}).\n  ${adviceFor(face.kind)}\n`);
  process.exitCode = 1;
});
child.on('exit', (code) => (process.exitCode = code ?? 1));

/** npm passes a kill on to its shell, and not every shell passes it on to here: it only is not there any more. */
function endWithShell(): void {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, SHELL_CHECK_MS).unref();
}

function adviceFor(kind: 'desktop' | 'browser'): string {
  return kind === 'desktop'
    ? 'Install Electron’s runtime again (npx install-electron), or open the window in the browser: npm run cli -- serve --open'
    : 'Install the program again: npm ci';
}

function browserCommand(): [string, ...string[]] {
  const command = fileURLToPath(new URL('./cli.js', import.meta.url));
  return [process.execPath, '--max-semi-space-size=8', '--heap-growing-percent=50', command, 'serve', '--open'];
}
