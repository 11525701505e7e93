import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Integration } from './integration.ts';
import { MARKER, OwnedFiles, type OwnedFile } from './owned-files.ts';
import { shellCommand } from './quoting.ts';
import { configDirectory, dataDirectory, shareCommand, TITLES, type Surroundings } from './surroundings.ts';

/** Nautilus and the two that come from it: each with an API for Python of its own, and scripts in a directory. */
export const GNOME_LIKE = {
  nautilus: { api: 'Nautilus', bindings: ['nautilus/extensions-4', 'nautilus/extensions-3.0'] },
  nemo: { api: 'Nemo', bindings: ['nemo/extensions-3.0'] },
  caja: { api: 'Caja', bindings: ['caja/extensions-2.0'] },
} as const;
export type GnomeLike = keyof typeof GNOME_LIKE;

const LIBRARY_DIRECTORIES = [
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];

/** The extension, with links and emblems, where the file manager takes extensions in Python; else a script. */
export function gnomeIntegration(
  manager: GnomeLike,
  surroundings: Surroundings,
  takesPython = hasPythonBinding(manager),
): Integration {
  const extension = join(dataDirectory(surroundings), `${manager}-python`, 'extensions', 'rustfs-sync.py');
  const script = (title: string) => join(scriptDirectory(manager, surroundings), title);
  const ownScript = script(TITLES[surroundings.language]);
  const file: OwnedFile = takesPython
    ? { path: extension, text: extensionText(manager, surroundings) }
    : { path: ownScript, text: scriptText(manager, surroundings), executable: true };
  const all = [extension, ...Object.values(TITLES).map(script)];
  return new OwnedFiles(
    [file],
    all.filter((path) => path !== file.path),
  );
}

function hasPythonBinding(manager: GnomeLike): boolean {
  return LIBRARY_DIRECTORIES.some((library) =>
    GNOME_LIKE[manager].bindings.some((directory) => existsSync(join(library, directory, `lib${manager}-python.so`))),
  );
}

function scriptDirectory(manager: GnomeLike, surroundings: Surroundings): string {
  const base = manager === 'caja' ? configDirectory(surroundings) : dataDirectory(surroundings);
  return join(base, manager, 'scripts');
}

/** The extension stands in a file of its own; what it has to know goes into its one line of settings. */
export function extensionText(manager: GnomeLike, surroundings: Surroundings): string {
  const source = readFileSync(new URL('./file-manager-extension.py', import.meta.url), 'utf8');
  const settings = {
    api: GNOME_LIKE[manager].api,
    command: shareCommand(surroundings),
    state: surroundings.state,
    titles: TITLES,
  };
  // Texts and lists of JSON are those of Python too.
  return source.replace(/^SETTINGS = .*$/m, () => `SETTINGS = ${JSON.stringify(settings)}`);
}

/**
 * File managers give a script the chosen files as arguments, relative to the directory that they show and that it is started
 * in; where they show a search, say, they give none, and name them in a variable, a line each.
 */
export function scriptText(manager: GnomeLike, surroundings: Surroundings): string {
  const variable = `${manager.toUpperCase()}_SCRIPT_SELECTED_FILE_PATHS`;
  return `#!/bin/sh
# ${MARKER}: "rustfs-sync integrate install" writes this file anew, "rustfs-sync integrate remove" takes it away.
if [ "$#" -gt 0 ]; then
  for file in "$@"; do
    shift
    case $file in
      /*) set -- "$@" "$file" ;;
      *) set -- "$@" "$PWD/$file" ;;
    esac
  done
else
  set -f
  IFS='
'
  set -- $${variable}
  # A line that is no path comes of a name with a line break: the lines may be those of other files then.
  for file in "$@"; do
    case $file in
      /*) [ -e "$file" ] || exit 1 ;;
      *) exit 1 ;;
    esac
  done
fi
[ "$#" -gt 0 ] || exit 1
exec ${shellCommand(shareCommand(surroundings))} "$@"
`;
}
