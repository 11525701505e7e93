import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Whose words are shown in windows and notifications as well as in a terminal. */
const SHOWN_EVERYWHERE = ['core', 'api', 'state', 'local', 'remote', 'transfer', 'trial', 'engine', 'server'];

/** The texts of a source that name a command or an option in a sentence; a command by itself is for terminals alone. */
function sentencesWithCommands(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g)]
    .filter(({ 0: text }) => /\brustfs-sync [a-z]|\s--[a-z][\w-]*(?![\w:-])/.test(text))
    .filter(({ 0: text, index }) => !/^.rustfs-sync /.test(text) || /advice:\s*$/.test(code.slice(0, index)))
    .map(([text]) => text);
}

test('what a person is told names no command but where it is for a terminal', () => {
  const found = SHOWN_EVERYWHERE.flatMap((layer) =>
    readdirSync(join(ROOT, 'src', layer), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        sentencesWithCommands(readFileSync(join(ROOT, 'src', layer, path), 'utf8')).map(
          (text) => `${layer}/${path}: ${text}`,
        ),
      ),
  );
  expect(found).toEqual([]);
});
