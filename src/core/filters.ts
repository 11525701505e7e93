import ignore from 'ignore';
import { PRIVATE_DIRECTORY } from './paths.ts';

/** The name of the file in a folder's root that lists what is not to be synced, in gitignore syntax. */
export const IGNORE_FILE = '.rustfsignore';

/**
 * What editors and systems leave behind and nobody means to sync. A folder's own rules come after these, so that
 * `!Thumbs.db` brings one back.
 */
export const DEFAULT_IGNORES: readonly string[] = [
  '.DS_Store',
  '._*',
  '.Spotlight-V100/',
  '.Trashes/',
  '.fseventsd/',
  '.TemporaryItems/',
  '.Trash-*/',
  'Thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '$RECYCLE.BIN/',
  'System Volume Information/',
  '.directory',
  '.nfs*',
  '.fuse_hidden*',
  '*.swp',
  '*.swo',
  '.*.sw?',
  '*~',
  '~$*',
  '.~lock.*#',
  '.#*',
  '4913',
  '*.crdownload',
  '.goutputstream-*',
];

/** Decides which paths a folder leaves out. A pure function of its rules and the path. */
export interface PathFilter {
  /** Whether the file at `path` is left out, by itself or because a directory above it is. */
  ignoresFile(path: string): boolean;
  /** Whether the whole directory at `path` (no slash at the end) is left out, so that a scan need not enter it. */
  ignoresDirectory(path: string): boolean;
}

/** One unusable ignore rule: which, and why. */
export interface RuleProblem {
  readonly rule: string;
  readonly message: string;
}

/**
 * Builds a folder's filter: our private directory, then the defaults, then the `--ignore` globs, then the text of
 * `.rustfsignore`; later rules win, as in gitignore. Case matters, as it does to the server.
 */
export function createFilter(globs: readonly string[], ignoreFileText: string): PathFilter {
  const rules = ignore({ ignorecase: false })
    .add([...DEFAULT_IGNORES, ...globs])
    .add(ignoreFileText);
  const isPrivate = (path: string) => path === PRIVATE_DIRECTORY || path.startsWith(`${PRIVATE_DIRECTORY}/`);
  return {
    ignoresFile: (path) => isPrivate(path) || rules.ignores(path),
    ignoresDirectory: (path) => isPrivate(path) || rules.ignores(`${path}/`),
  };
}

/** Names the first glob that can not be a rule, or undefined when all can. */
export function checkGlobs(globs: readonly string[]): RuleProblem | undefined {
  for (const rule of globs) {
    if (rule.trim() === '') return { rule, message: 'is empty' };
    if (rule.includes('\n')) return { rule, message: 'has a line break' };
  }
  return undefined;
}
