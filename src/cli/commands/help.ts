import type { Command } from 'commander';
import type { CliCommand } from '../command.ts';
import { quote, usageError } from '../usage.ts';

/** `help`: the help of a command, by the words that call it. */
export function addHelpCommand(program: CliCommand): void {
  program
    .command('help')
    .argument('[command...]', 'the words that call it')
    .description('Print the help of a command.')
    .examples(['rustfs-sync help folder add', 'How a folder is added'])
    .action((words: readonly string[]) => {
      let command: Command = program;
      for (const word of words) {
        const found = command.commands.find((each) => each.name() === word);
        if (found === undefined) {
          throw usageError(
            `There is no command ${quote(['rustfs-sync', ...words].join(' '))}.`,
            '`rustfs-sync --help` lists those that there are.',
          );
        }
        command = found;
      }
      command.help();
    });
}
