import { Command, type ErrorOptions, type HelpContext, type ParseOptionsResult } from 'commander';
import { listInWords } from './format.ts';
import { quote, usageError } from './usage.ts';

/** A command whose mistakes are told in our words and our form, and that takes examples. */
export class CliCommand extends Command {
  /** Off where a stray argument may be a secret. */
  #repeatsArguments = true;

  override createCommand(name?: string): CliCommand {
    return new CliCommand(name);
  }

  /** What people type, each with what it does. Shown at the end of the help. */
  examples(...examples: readonly (readonly [typed: string, meaning: string])[]): this {
    const lines = examples.map(([typed, meaning]) => `  # ${meaning}\n  ${typed}`);
    return this.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  }

  /** Stray arguments are not repeated in messages. */
  hideArguments(): this {
    this.#repeatsArguments = false;
    return this;
  }

  /**
   * A command may have an option --version of its own, as `restore` has: the version of an object. Behind the name of such
   * a command it does not ask for that of the program.
   */
  override parseOptions(args: string[]): ParseOptionsResult {
    const named = args.find((arg) => !arg.startsWith('-'));
    const command = this.commands.find((each) => each.name() === named);
    if (command?.options.some(({ long }) => long === '--version') !== true) return super.parseOptions(args);
    const behind = args.indexOf(named ?? '');
    const at = args.findIndex((arg, index) => index > behind && /^--version(=|$)/.test(arg));
    if (at < 0) return super.parseOptions(args);
    const [flag = '', value] = args.slice(at, at + 2);
    const own = flag === '--version' && value !== undefined ? [flag, value] : [flag];
    const rest = super.parseOptions(args.toSpliced(at, own.length));
    return { operands: rest.operands, unknown: [...own, ...rest.unknown] };
  }

  /** As it is typed: `rustfs-sync account add`. */
  get typed(): string {
    return this.parent instanceof CliCommand ? `${this.parent.typed} ${this.name()}` : this.name();
  }

  /** @throws SyncError always: what commander found wrong. */
  override error(message: string, options?: ErrorOptions): never {
    const help = `\`${this.typed} --help\` shows how it is used.`;
    const [, name = ''] = /'(.*)'/s.exec(message) ?? [];
    switch (options?.code) {
      case 'commander.unknownCommand':
        throw usageError(`There is no command ${quote(`${this.typed} ${name}`)}.`, this.#suggestion(message) ?? help);
      case 'commander.unknownOption':
        // What follows "=" may be a secret.
        throw usageError(
          `\`${this.typed}\` has no option ${name.replace(/=.*/s, '')}.`,
          this.#suggestion(message) ?? help,
        );
      case 'commander.missingArgument':
        throw usageError(`\`${this.typed}\` needs ${name.toUpperCase()}.`, this.#usage());
      case 'commander.excessArguments': {
        const extra = this.args[this.registeredArguments.length] ?? '';
        if (this.commands.length > 0) {
          throw usageError(
            `There is no command ${quote(`${this.typed} ${extra}`)}.`,
            `Say \`${this.typed}\` alone, or with one of its commands: ${listInWords(this.#commandNames(), 'or')}.`,
          );
        }
        const shown = this.#repeatsArguments ? ` ${quote(extra)}` : '';
        throw usageError(`\`${this.typed}\` has no use for the argument${shown}.`, this.#usage());
      }
      case 'commander.missingMandatoryOptionValue': {
        // It may be there, misspelt.
        const stray = this.args.find((arg) => arg.startsWith('--'))?.replace(/=.*/s, '');
        if (stray !== undefined) throw usageError(`\`${this.typed}\` has no option ${stray}.`, `It needs ${name}.`);
        throw usageError(`\`${this.typed}\` needs ${name}.`, this.#usage());
      }
      case 'commander.optionMissingArgument':
        throw usageError(`The option ${name} of \`${this.typed}\` needs a value.`, help);
      default:
        throw usageError(message.replace(/^error: /, ''), help);
    }
  }

  /** Called for a group of commands without one of them, and by `help` alone. */
  override help(context?: HelpContext | ((text: string) => string)): never {
    if (this.parent !== null && typeof context === 'object' && context.error) {
      throw usageError(
        `\`${this.typed}\` needs one of its commands: ${listInWords(this.#commandNames(), 'or')}.`,
        `\`${this.typed} --help\` tells what each does.`,
      );
    }
    return super.help(typeof context === 'object' ? context : { error: false });
  }

  #commandNames(): string[] {
    return this.commands.map((command) => command.name());
  }

  #usage(): string {
    return `Usage: ${this.typed} ${this.usage()}`;
  }

  #suggestion(message: string): string | undefined {
    const [, words] = /\(Did you mean (?:one of )?(.*)\?\)/s.exec(message) ?? [];
    if (words === undefined) return undefined;
    const isOption = words.startsWith('-');
    const options = words.split(', ').map((word) => (isOption ? word : `${this.typed} ${word}`));
    return `Did you mean ${listInWords(options, 'or')}?`;
  }
}
