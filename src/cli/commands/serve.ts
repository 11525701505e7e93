import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import { parsePort } from '../parse.ts';

interface ServeOptions {
  readonly port?: number;
  readonly open?: true;
}

/** `serve`: the window in a browser. */
export function addServeCommand(program: CliCommand, run: Run): void {
  program
    .command('serve')
    .description('Show the window in a browser of this computer, and sync until Ctrl-C.')
    .option('--port <number>', 'port on 127.0.0.1 (default: any that is free)', parsePort)
    .option('--open', 'open the browser')
    .addHelpText(
      'after',
      `
Nobody but this computer can connect, and only with the address that is
printed: it holds a token that is made anew each time. Do not pass it on.`,
    )
    .examples(
      ['rustfs-sync serve --open', 'Open the window in the browser'],
      ['rustfs-sync serve --port 8484', 'Always under the same port, for an SSH tunnel say'],
    )
    .action(run(serve));
}

/** Shows the window and syncs until Ctrl-C. */
export async function serve(context: Context, { port, open }: ServeOptions): Promise<undefined> {
  const client = await context.client();
  // Not before it is asked for: other commands load neither the server nor its libraries.
  const { giveWay, keepSyncing } = await import('../../engine/index.ts');
  const { openInBrowser, startBrowserServer } = await import('../../server/index.ts');
  const server = await startBrowserServer({ client, objects: await context.objects(), port: port ?? 0 });
  let removePage: (() => Promise<void>) | undefined;
  try {
    removePage = open === true ? await openInBrowser(server.url, context.io.env) : undefined;
    // It has done its work then. What can not be removed now is tried again at the end, and told there.
    server.entered.then(removePage).catch(() => undefined);
    if (context.out.isJson) await context.out.json({ url: server.url });
    else
      await context.out.line(
        removePage === undefined
          ? `Open in a browser: ${server.url}`
          : `The window opens in the browser. If it does not, open: ${server.url}`,
      );
    await context.out.note('Syncing. Ctrl-C ends it.');
    giveWay();
    await keepSyncing(client, context.signal);
  } finally {
    await removePage?.();
    await server.close();
  }
  return undefined;
}
