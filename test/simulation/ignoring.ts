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
  // It comes last where it comes at all, and brings back what the rule for such names leaves out.
  if (path === 'docs/b.txt' && lines.includes('!/docs/b.txt') && !lines.includes('docs/')) return false;
  return lines.some((line) => RULES[line]?.(names) === true);
}
