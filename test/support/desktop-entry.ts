/** Reads desktop entries as the Desktop Entry Specification says, for what a file manager would run. */

/** The keys of a group, their strings unescaped. */
export function entryGroup(text: string, group: string): ReadonlyMap<string, string> {
  const lines = text.split('\n');
  const start = lines.indexOf(`[${group}]`) + 1;
  const end = lines.findIndex((line, index) => index >= start && line.startsWith('['));
  const own = lines.slice(start, end === -1 ? undefined : end).filter((line) => line.includes('='));
  return new Map(
    own.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), unescape(line.slice(at + 1))];
    }),
  );
}

/** The arguments of an Exec value, with the files in the place of %F. */
export function execArguments(exec: string, files: readonly string[]): string[] {
  const words: string[] = [];
  // A word is quoted as a whole, or not at all.
  for (const [, quoted, plain] of exec.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/gs)) {
    if (plain === '%F') words.push(...files);
    else if (plain !== undefined) words.push(plain.replaceAll('%%', '%'));
    else if (quoted !== undefined) words.push(quoted.replace(/\\(["`$\\])/g, '$1').replaceAll('%%', '%'));
  }
  return words;
}

function unescape(value: string): string {
  const meanings: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return value.replace(/\\(.)/g, (whole, letter: string) => meanings[letter] ?? whole);
}
