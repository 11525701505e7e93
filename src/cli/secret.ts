import type { SyncError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { usageError } from './usage.ts';

/** Where `account add` gets the secret key from. */
export interface SecretOptions {
  readonly secretKeyStdin?: true;
  readonly secretKeyEnv?: string;
}

const LONGEST_SECRET_CHARACTERS = 65_536;
const HOW_TO_GIVE_IT = 'Pipe it in with --secret-key-stdin, or name an environment variable with --secret-key-env VAR.';

/** @throws SyncError invalid-argument when an argument tries to hold a secret. Arguments show in process lists. */
export function refuseSecretArguments(args: readonly string[]): void {
  for (const arg of args) {
    const [name = ''] = arg.split('=');
    if (!/^--?(secret|secret-?key|secret-?access-?key|session-?token|proxy-?password|password|pass)$/i.test(name))
      continue;
    throw usageError(
      `There is no ${name}, since others on this computer can read the arguments of commands.`,
      /token/i.test(name)
        ? 'Name an environment variable with --session-token-env VAR.'
        : /proxy/i.test(name)
          ? 'Name an environment variable with --proxy-password-env VAR.'
          : HOW_TO_GIVE_IT,
    );
  }
}

/** The secret key: from stdin, a variable, or typed at the terminal without showing. */
export async function readSecretKey(context: Context, options: SecretOptions): Promise<string> {
  const { io } = context;
  if (options.secretKeyEnv !== undefined) {
    if (options.secretKeyStdin) {
      throw usageError('--secret-key-stdin and --secret-key-env exclude each other.', 'Give one of the two.');
    }
    return readVariable(io.env, options.secretKeyEnv, '--secret-key-env');
  }
  if (io.isTTY.stdin) {
    const typed = await io.prompt.hidden('Secret key: ', context.signal);
    context.signal.throwIfAborted();
    return asSecret(typed ?? '', 'Nothing was typed.');
  }
  if (!options.secretKeyStdin) throw usageError('The secret key is missing.', HOW_TO_GIVE_IT);
  const text = await readAll(io.stdin, LONGEST_SECRET_CHARACTERS);
  if (text === undefined) throw tooMuch('There is more on stdin than a secret key.');
  return asSecret(text, 'There is no secret key on stdin.');
}

/** The value of the variable that `option` names. Its name is not repeated: people mistake it for the place of the value. */
export function readVariable(env: Readonly<Record<string, string | undefined>>, name: string, option: string): string {
  const value = env[name] ?? '';
  return asSecret(
    value,
    `The environment variable that ${option} names is not set.`,
    `Give its name: ${option} MY_VARIABLE`,
  );
}

function asSecret(text: string, whenEmpty: string, advice = HOW_TO_GIVE_IT): string {
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw usageError(whenEmpty, advice);
  if (/[\r\n]/.test(secret)) throw tooMuch('The secret key has more than one line.');
  return secret;
}

/** All of stdin as text, or undefined when it is longer than `mostCharacters`. */
export async function readAll(stdin: AsyncIterable<Uint8Array>, mostCharacters: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostCharacters) return undefined;
  }
  return text + decoder.decode();
}

function tooMuch(message: string): SyncError {
  return usageError(message, 'Give the secret key alone, on one line.');
}

/** `text` without the secrets in it. Very short ones are left: they would tear words apart. */
export function redact(text: string, secrets: Iterable<string>): string {
  let redacted = text;
  for (const secret of secrets) if (secret.length >= 6) redacted = redacted.replaceAll(secret, '***');
  return redacted;
}
