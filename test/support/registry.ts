import type { RunReg } from '../../src/desktop/windows.ts';

/** A registry, as reg.exe keeps it. */
export function registry(): { readonly run: RunReg; readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  const run: RunReg = async ([verb, key = '', ...args]) => {
    const name = args.includes('/ve') ? '' : (args[args.indexOf('/v') + 1] ?? '');
    if (verb === 'add') values.set(`${key}|${name}`, args[args.indexOf('/d') + 1] ?? '');
    if (verb === 'delete') for (const each of [...values.keys()]) if (each.startsWith(key)) values.delete(each);
    const found = values.get(`${key}|${name}`);
    return found === undefined ? undefined : `\r\n${key}\r\n    ${name}    REG_SZ    ${found}\r\n`;
  };
  return { run, values };
}

/** The arguments that a program gets of a command line of Windows, its own name left out. */
export function windowsArguments(commandLine: string): string[] {
  return [...commandLine.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(1);
}
