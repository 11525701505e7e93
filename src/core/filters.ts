import ignore, { type Ignore } from 'ignore';
import { foldCase } from './case-fold.ts';
import { MAX_KEY_BYTES, PRIVATE_DIRECTORY, PRIVATE_NAMES } from './paths.ts';

/** The name of the file in a folder's root that lists what is not to be synced, in gitignore syntax. */
export const IGNORE_FILE = '.rustfsignore';

/**
 * What editors and systems leave behind and nobody means to sync, and the trash and temporary files of a synced folder that was
 * moved into this one. A folder's own rules come after these, so that
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
  '*.crdownload',
  '.goutputstream-*',
  `${PRIVATE_DIRECTORY}/`,
];

/** Decides which paths a folder leaves out. A pure function of its rules and the path. */
export interface PathFilter {
  /** Whether the file at `path` is left out, by itself or because a directory above it is. */
  ignoresFile(path: string): boolean;
  /** Whether the whole directory at `path` (no slash at the end) is left out, so that a scan need not enter it. */
  ignoresDirectory(path: string): boolean;
}

/** First segments that are ours on one side or the other, in capitals. */
const PRIVATE_CAPITALS: ReadonlySet<string> = new Set(PRIVATE_NAMES.map((name) => name.toUpperCase()));

/** The `ignore` package remembers every path it was ever asked about; past this many we start it afresh. */
const REMEMBERED_PATHS = 10_000;

/** One unusable ignore rule: which, and why. */
export interface RuleProblem {
  readonly rule: string;
  readonly message: string;
}

/**
 * Builds a folder's filter: our private directories, then the defaults, then the `--ignore` globs, then the text of
 * `.rustfsignore`; later rules win, as in gitignore, and none brings back a private directory. Case matters, as it does to
 * the server, but for the private names: a disk that ignores case would take `.RUSTFS-SYNC/…` from a bucket for ours.
 */
export function createFilter(globs: readonly string[], ignoreFileText: string): PathFilter {
  const rules = compiledRules(globs, ignoreFileText);
  let matcher = ignore(IGNORE_OPTIONS).add(rules);
  let asked = 0;
  const matches = (path: string) => {
    if (++asked % REMEMBERED_PATHS === 0) matcher = ignore(IGNORE_OPTIONS).add(rules);
    return matcher.ignores(path);
  };
  return {
    ignoresFile: (path) => isPrivate(path) || matches(path),
    ignoresDirectory: (path) => isPrivate(path) || matches(`${path}/`),
  };
}

/** The rules that were asked for last: each cycle of a folder asks for the same ones, and compiling them takes a while. */
let lastCompiled: { readonly source: string; readonly rules: Ignore } | undefined;

function compiledRules(globs: readonly string[], ignoreFileText: string): Ignore {
  const source = JSON.stringify([globs, ignoreFileText]);
  if (lastCompiled?.source !== source) {
    const rules = ignore(IGNORE_OPTIONS)
      .add([...DEFAULT_IGNORES, ...globs].map((rule) => rule.normalize('NFC')))
      .add(usableLines(ignoreFileText.normalize('NFC')));
    lastCompiled = { source, rules };
  }
  return lastCompiled.rules;
}

/** A rule of more characters matches no path that a bucket can hold, and may be more than a regular expression can. */
const MAX_RULE_LENGTH = 4 * MAX_KEY_BYTES;

function usableLines(text: string): string {
  if (text.length <= MAX_RULE_LENGTH) return text;
  const lines = text.split('\n').filter((line) => line.length <= MAX_RULE_LENGTH);
  return lines.join('\n');
}

/** Paths never start at a disk's root; with this, a key such as `c:/a` is no error to the package on Windows. */
const IGNORE_OPTIONS = { ignorecase: false, allowRelativePaths: true };

function isPrivate(path: string): boolean {
  const slash = path.indexOf('/');
  return PRIVATE_CAPITALS.has((slash < 0 ? path : path.slice(0, slash)).toUpperCase());
}

/**
 * Leaves out a directory too, which no rule brings back; `''` is the folder itself. In any case, since a disk may ignore it: what
 * a bucket holds under another spelling must not be fetched into it.
 */
export function withoutDirectory(filter: PathFilter, directory: string): PathFilter {
  const own = foldCase(directory);
  const isOwn = (path: string) => own === '' || `${foldCase(path)}/`.startsWith(`${own}/`);
  return {
    ignoresFile: (path) => isOwn(path) || filter.ignoresFile(path),
    ignoresDirectory: (path) => isOwn(path) || filter.ignoresDirectory(path),
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
