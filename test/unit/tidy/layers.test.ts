import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Who may import whom, and which packages. `node` stands for Node's own modules, `*` for every package but Electron. */
const MAY_IMPORT: Readonly<
  Record<string, { readonly layers: readonly string[]; readonly packages: readonly string[] }>
> = {
  'src/core': { layers: [], packages: ['ignore'] },
  'src/api': { layers: ['src/core'], packages: ['zod'] },
  'src/state': { layers: ['src/core'], packages: ['node', '*'] },
  'src/local': { layers: ['src/core'], packages: ['node', '*'] },
  'src/remote': { layers: ['src/core'], packages: ['node', '*'] },
  'src/transfer': { layers: ['src/core'], packages: ['*'] },
  'src/trial': { layers: ['src/core'], packages: ['node'] },
  'src/engine': {
    layers: ['src/core', 'src/api', 'src/state', 'src/local', 'src/remote', 'src/transfer', 'src/trial'],
    packages: ['node', '*'],
  },
  'src/server': { layers: ['src/core', 'src/api', 'src/engine'], packages: ['node', '*'] },
  'src/desktop': { layers: ['src/core'], packages: ['node'] },
  'src/cli': { layers: ['src/core', 'src/api', 'src/engine', 'src/server', 'src/desktop'], packages: ['node', '*'] },
  main: {
    layers: ['src/core', 'src/api', 'src/engine', 'src/server', 'src/desktop'],
    packages: ['node', 'electron', '*'],
  },
  renderer: { layers: ['src/api'], packages: ['*'] },
};

const MOST_LINES = 400;

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly target: string;
}

function sourceFiles(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|cts)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'));
}

function layerOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

/** What a module names after `from`, `import` or `import(`; comments do not count. */
function importsIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g);
  return [...found].map((match) => match[2] ?? '');
}

const FILES = ['src', 'main', 'renderer'].flatMap(sourceFiles);
const IMPORTS: readonly Import[] = FILES.flatMap((file) => {
  const layer = layerOf(file);
  if (layer === undefined) return [];
  return importsIn(readFileSync(join(ROOT, file), 'utf8')).map((target) => ({ file, layer, target }));
});

/** What is wrong with an import, or undefined. */
function offence({ file, layer, target }: Import): string | undefined {
  const rules = MAY_IMPORT[layer];
  if (rules === undefined) return `${file} is in no layer`;
  if (target.startsWith('.')) {
    const path = relative(ROOT, resolve(ROOT, dirname(file), target))
      .split(sep)
      .join('/');
    const other = layerOf(path);
    if (other === layer || (other !== undefined && rules.layers.includes(other))) return undefined;
    return `${file} imports ${path}`;
  }
  const isAllowed = isBuiltin(target)
    ? rules.packages.includes('node')
    : rules.packages.some((name) => target === name || target.startsWith(`${name}/`)) ||
      (rules.packages.includes('*') && target !== 'electron' && !target.startsWith('electron/'));
  return isAllowed ? undefined : `${file} imports ${target}`;
}

describe('the layers', () => {
  test('import only whom they may', () => {
    expect(IMPORTS.length).toBeGreaterThan(50);
    expect(IMPORTS.map(offence).filter((one) => one !== undefined)).toEqual([]);
  });

  test('hold every source file', () => {
    expect(FILES.filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  test.each([
    ["import { a } from 'node:fs';", 'src/core', 'node:fs'],
    ["import type { A } from '../state/index.ts';", 'src/core', '../state/index.ts'],
    ["export * from 'path';", 'src/api', 'path'],
    ["const e = await import('electron');", 'src/engine', 'electron'],
    ["import 'electron/main';", 'renderer', 'electron/main'],
    ['export { b } from "../../src/engine/index.ts";', 'renderer', '../../src/engine/index.ts'],
    ["import {\n  a,\n} from '../remote/index.ts';", 'src/transfer', '../remote/index.ts'],
  ])('would be told of %j in %s', (source, layer, target) => {
    expect(importsIn(source)).toEqual([target]);
    expect(offence({ file: `${layer}/some.ts`, layer, target })).toBeDefined();
  });

  test('are not told of what a comment says', () => {
    expect(importsIn("// import 'electron'\n/* from 'node:fs' */\nconst a = 1;")).toEqual([]);
  });
});

describe('a source file', () => {
  test(`has at most ${MOST_LINES} lines`, () => {
    const counted = [...FILES, ...sourceFiles('test')].map((file) => {
      const lines = readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;
      return { file, lines };
    });
    expect(counted.length).toBeGreaterThan(50);
    expect(counted.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});
