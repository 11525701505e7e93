import { join } from 'node:path';
import type { FolderInfo, TrialInfo } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { syncOnce } from '../sync-once.ts';
import { makeTrialDirectory, removeDeadTrials, removeTrialDirectory } from '../trial-directory.ts';
import { serve } from './serve.ts';
import { watch } from './sync.ts';

interface TryOptions {
  readonly once?: true;
  readonly open?: true;
}

/** `try`: a trial that has nothing to do with what is set up here. */
export function addTryCommand(program: CliCommand, run: Run): void {
  program
    .command('try')
    .description('Try it without a server: sync a folder of samples with a throw-away one.')
    .option('--once', 'sync the samples, then end')
    .option('--open', 'show the window in the browser instead')
    .addHelpText(
      'after',
      `
The server is a small one of RustFS Sync's own, for this computer alone. It, its
bucket and the folder are in a temporary directory, and all of it is gone when
the command ends; what one that was killed left goes when the next one begins.
Your own accounts and folders are not touched.`,
    )
    .examples(
      ['rustfs-sync try', 'See what it does, until Ctrl-C'],
      ['rustfs-sync try --open', 'The same in the window'],
    )
    .action(run(tryOut));
}

async function tryOut(context: Context, { once, open }: TryOptions): Promise<ExitCode | undefined> {
  await removeDeadTrials();
  const directory = await makeTrialDirectory();
  try {
    const home = join(directory, 'state');
    const host = await context.io.openHost(home);
    try {
      const there: Context = {
        ...context,
        client: () => Promise.resolve(host.client),
        objects: () => Promise.resolve(host.objects),
        otherProcess: () => Promise.resolve(host.otherProcess),
      };
      const trial = await host.client.call('trial.start', { place: directory }, context.signal);
      const { sampleRoot, account, bucket } = trial;
      // The window goes on with the folder.
      if (open) {
        await serve(there, { open });
        return undefined;
      }
      const folder = await host.client.call('folder.add', { localRoot: sampleRoot, account, bucket }, context.signal);
      return await show(there, trial, folder, home, once);
    } finally {
      await host.close();
    }
  } finally {
    await removeTrialDirectory(directory);
  }
}

async function show(
  context: Context,
  trial: TrialInfo,
  folder: FolderInfo,
  home: string,
  once: true | undefined,
): Promise<ExitCode> {
  const { out } = context;
  if (out.isJson) await out.json({ trial });
  else {
    await out.note('This is a trial with a throw-away server: nothing of it is kept.');
    await out.note(`Syncing ${trial.sampleRoot} into the bucket ${trial.bucket}:`);
  }
  const exitCode = await syncOnce(context, [folder]);
  if (once || exitCode !== 0) return exitCode;
  if (!out.isJson) await out.note(nextSteps(trial, home));
  await watch(context, []);
  return 0;
}

function nextSteps({ account, bucket, sampleRoot }: TrialInfo, home: string): string {
  return `
Now it keeps watching. In another terminal:

  export RUSTFS_SYNC_HOME='${home}'
  echo hello > '${join(sampleRoot, 'hello.txt')}'   # a second later it is in the bucket
  rustfs-sync ls ${account}:${bucket}
  rustfs-sync share ${account}:${bucket}/Pictures/Boat.svg --expires 10m
  rustfs-sync doctor ${account}:${bucket}

Ctrl-C ends the trial and removes all of it.
`;
}
