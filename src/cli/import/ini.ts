/** The sections of an ini file with their keys and values, in the order of the file. A key that comes twice counts last. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const name = /^\[(.*)\]$/.exec(trimmed)?.[1]?.trim();
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      continue;
    }
    const [, key, value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed) ?? [];
    if (key !== undefined) section?.set(key.toLowerCase(), unquoted(value));
  }
  return sections;
}

function unquoted(value: string): string {
  return /^(["`])(.*)\1$/.exec(value)?.[2] ?? value;
}
