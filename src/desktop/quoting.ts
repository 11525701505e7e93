/** One argument for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command for a POSIX shell. */
export function shellCommand(args: readonly string[]): string {
  return args.map(shellQuote).join(' ');
}

/** The value of `Exec` in a desktop entry of freedesktop.org, without field codes. */
export function execValue(args: readonly string[]): string {
  return args.map(execArgument).join(' ');
}

function execArgument(text: string): string {
  // A percent sign begins a field.
  const plain = text.replaceAll('%', '%%');
  if (/^[\w./:=@%-]+$/.test(plain)) return plain;
  // Twice: once for the quotes of Exec, once for the strings of the file.
  return `"${plain
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')}"`;
}

/** Text between tags of XML. */
export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
