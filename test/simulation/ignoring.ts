/** Rules that people write, a line each, and what each leaves out: told apart from the engine's own reading of them. */
const RULES: Readonly<Record<string, (names: readonly string[]) => boolean>> = {
  'b.txt': (names) => names.includes('b.txt'),
  'docs/': (names) => names.slice(0, -1).includes('docs'),
  '/m': (names) => names[0] === 'm',
  '*.gz': (names) => names.some((name) => name.endsWith('.gz')),
  '!/docs/b.txt': () => false,
};

/** Texts of an ignore file that a person may come up with. */
export const IGNORE_TEXTS: readonly string[] = [
  'b.txt\n',
  'docs/\n',
  '/m\n*.gz\n',
  '# nothing\n',
  'b.txt\n!/docs/b.txt\n',
];

/** Whether the rules of an ignore file leave a path (NFC) out. Whatever else people write into it means nothing. */
export function isIgnored(ignoreText: string, path: string): boolean {
  const lines = ignoreText.split('\n');
  const names = path.split('/');
  // It comes last where it comes at all, and brings back that one name of those that the rule leaves out, with what is below.
  const isBack = lines.includes('!/docs/b.txt') && names[0] === 'docs' && names[1] === 'b.txt';
  const left = isBack ? names.with(1, '') : names;
  return lines.some((line) => RULES[line]?.(left) === true);
}
