import { VERSION } from '../api/version.ts';
import { addAccountCommands } from './commands/account.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBucketCommands } from './commands/bucket.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDiagnoseCommand } from './commands/diagnose.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addFolderCommands } from './commands/folder.ts';
import { addImportCommands } from './commands/import.ts';
import { addIntegrateCommands } from './commands/integrate.ts';
import { addMoveCommand } from './commands/move.ts';
import { addObjectCommands } from './commands/objects.ts';
import { addPlanCommands } from './commands/plan.ts';
import { addServeCommand } from './commands/serve.ts';
import { addServiceCommands } from './commands/service.ts';
import { addShareCommand } from './commands/share.ts';
import { addSharesCommands } from './commands/shares.ts';
import { addStatusCommands } from './commands/status.ts';
import { addSyncCommand } from './commands/sync.ts';
import { addTransferCommands } from './commands/transfer.ts';
import { addTransfersCommand } from './commands/transfers.ts';
import { addTrashCommands } from './commands/trash.ts';
import { addTryCommand } from './commands/try.ts';
import { addUploadsCommand } from './commands/uploads.ts';
import { addVersionCommands } from './commands/versions.ts';
import { addHelpCommand } from './commands/help.ts';
import { CliCommand } from './command.ts';
import type { Run } from './context.ts';
import { parseLanguage } from './parse-language.ts';

export interface ProgramOutput {
  writeOut(text: string): void;
  writeErr(text: string): void;
  columns(): number;
}

/** All commands with their help. Ends by throwing: a SyncError for wrong usage, a CommanderError after help and version. */
export function buildProgram(run: Run, output: ProgramOutput): CliCommand {
  const program = new CliCommand('rustfs-sync');
  program
    .description('Keeps local folders and RustFS (S3) buckets in step, without ever losing a byte.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--json', 'print one JSON document, or a line of JSON each for streams, on stdout')
    .option('--lang <language>', 'tell problems, errors and the doctor in it: en or zh', parseLanguage)
    .option('-q, --quiet', 'print nothing but results and errors')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => output.writeOut(text),
      writeErr: (text) => output.writeErr(text),
      getOutHelpWidth: () => output.columns(),
      getErrHelpWidth: () => output.columns(),
    })
    .exitOverride()
    .examples(
      [
        'rustfs-sync account add home --endpoint https://nas.example:9000 --access-key alice',
        'Say where the server is',
      ],
      ['rustfs-sync folder add ~/Pictures home:photos', 'Choose a folder to sync'],
      ['rustfs-sync sync', 'Sync it, now and whenever something changes'],
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0  done and in sync
  1  wrong usage
  2  the server can not be reached or refuses the keys
  3  finished with problems left
  4  held by a safety brake

Environment:
  RUSTFS_SYNC_HOME   where accounts, folders and state are kept
  NO_COLOR           no colours
  LC_ALL, LANG       the language of problems, errors and the doctor, without --lang

Sizes are in SI units: 1 kB is 1,000 bytes, 1 MB is 1,000,000.`,
    );

  program.commandsGroup('Set up:');
  addTryCommand(program, run);
  addAccountCommands(program, run);
  addImportCommands(program, run);
  addBucketCommands(program, run);
  addFolderCommands(program, run);
  addConfigCommand(program, run);
  program.commandsGroup('Sync:');
  addSyncCommand(program, run);
  addServeCommand(program, run);
  addStatusCommands(program, run);
  addTransfersCommand(program, run);
  addPlanCommands(program, run);
  program.commandsGroup('Objects:');
  addObjectCommands(program, run);
  addMoveCommand(program, run);
  addTransferCommands(program, run);
  addShareCommand(program, run);
  addSharesCommands(program, run);
  program.commandsGroup('Get things back:');
  addTrashCommands(program, run);
  addVersionCommands(program, run);
  addAuditCommand(program, run);
  program.commandsGroup('Look after a server:');
  addUploadsCommand(program, run);
  addDoctorCommand(program, run);
  addDiagnoseCommand(program, run);
  program.commandsGroup('Look after this computer:');
  addIntegrateCommands(program, run);
  addServiceCommands(program, run);
  program.commandsGroup('Help:').helpCommand(false);
  addHelpCommand(program);
  return program;
}
