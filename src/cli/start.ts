import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `npm start`: the window. In the browser for now, on every system. */
process.stdout.write('RustFS Sync opens its window in the browser: this version has no desktop shell.\n');
const command = fileURLToPath(new URL('./cli.js', import.meta.url));
const flags = ['--max-semi-space-size=4', '--optimize-for-size'];
const child = spawn(process.execPath, [...flags, command, 'serve', '--open', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the child by itself; this process only waits for it.
process.on('SIGINT', () => undefined);
child.on('exit', (code) => (process.exitCode = code ?? 1));
