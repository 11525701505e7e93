import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openHost } from './host.ts';

/** `npm start`: keeps all folders in step; on a computer where none is set up yet, says how that is done. */
const host = await openHost();
const folders = await host.client.call('folder.list', {}).finally(() => host.close());
if (folders.length === 0) {
  process.stdout.write(`RustFS Sync is ready. No folder is set up on this computer yet:

  1. npm run --silent cli -- account add home --endpoint http://SERVER:9000 --access-key KEY
  2. npm run --silent cli -- folder add ~/Pictures home:BUCKET
  3. npm start

To look at it first, without a server: npm run demo
`);
} else {
  const command = fileURLToPath(new URL('./cli.js', import.meta.url));
  const child = spawn(process.execPath, ['--max-semi-space-size=4', '--optimize-for-size', command, 'sync'], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child by itself; this process only waits for it.
  process.on('SIGINT', () => undefined);
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
