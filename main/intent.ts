import { resolve } from 'node:path';
import { z } from 'zod';
import { SHELL_VIEWS, type ShellView } from '../src/api/index.ts';
import { HIDDEN } from './login-item.ts';

/** Links into the app. */
export const LINK_SCHEME = 'rustfs-sync';

/** What the app was started for, the first time or again. */
export type Intent =
  | { readonly type: 'open'; readonly view?: ShellView }
  | { readonly type: 'share'; readonly paths: readonly string[] }
  /** At login: work, and do not show yourself. */
  | { readonly type: 'stay-hidden' };

/** A person may choose all files of a large folder. */
const MOST_ARGS = 100_000;

/** How a later start hands its arguments to the app that runs. */
export const handedOver = z.object({ args: z.array(z.string().max(32_768)).max(MOST_ARGS), directory: z.string() });

/**
 * The arguments of a start that are ours. An AppImage puts `--no-sandbox` before them where the kernel gives programs no name
 * spaces of their own; what Chromium may be given stands there too.
 *
 * @param isPackaged unpacked, the program's first argument is the app itself.
 */
export function argumentsOf(argv: readonly string[], isPackaged: boolean): string[] {
  const args = argv.slice(isPackaged ? 1 : 2);
  const first = args.findIndex((arg) => !arg.startsWith('--') || arg === HIDDEN);
  return first === -1 ? [] : args.slice(first);
}

/**
 * Reads the arguments that are ours: `share --copy -- PATH...` as file managers run it, `share PATH`, `--hidden`, a link. Where a link is among them nothing else counts:
 * links are written by strangers, and all that one can do is open a part of the window.
 *
 * @param directory where the arguments were given, for relative paths.
 */
export function intentOf(args: readonly string[], directory: string): Intent {
  const link = args.find((arg) => arg.toLowerCase().startsWith(`${LINK_SCHEME}:`));
  if (link !== undefined) return linkIntent(link);
  const [command, ...rest] = args;
  const paths = pathsIn(rest);
  if (command === 'share' && paths.length > 0)
    return { type: 'share', paths: paths.map((path) => resolve(directory, path)) };
  return args.includes(HIDDEN) ? { type: 'stay-hidden' } : { type: 'open' };
}

/** The paths among the arguments of `share`: all behind `--`, and what is no option before it. */
function pathsIn(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const behind = end === -1 ? [] : args.slice(end + 1);
  return [...before.filter((arg) => !arg.startsWith('-')), ...behind].filter((path) => path !== '');
}

/** `rustfs-sync://open/problems`; anything else only opens the window. */
export function linkIntent(link: string): Intent {
  const { host, pathname = '' } = URL.parse(link) ?? {};
  const name = host === 'open' ? pathname.slice(1) : '';
  const view = SHELL_VIEWS.find((each) => each === name);
  return view === undefined ? { type: 'open' } : { type: 'open', view };
}
