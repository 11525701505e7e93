import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const TEXT = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8');
const PACKAGES = Object.entries((JSON.parse(TEXT) as { packages: Record<string, LockedPackage> }).packages);

/** Where npm looks for `name` when the package at `path` asks for it: beside it, then further and further up. */
function placesOf(name: string, path: string): string[] {
  const places = [`${path === '' ? '' : `${path}/`}node_modules/${name}`];
  for (let at = path; at !== '';) {
    const end = at.lastIndexOf('node_modules/');
    at = end <= 0 ? '' : at.slice(0, end - 1);
    places.push(`${at === '' ? '' : `${at}/`}node_modules/${name}`);
  }
  return places;
}

test('every optional dependency has its own entry in the lock file', () => {
  // npm drops the ones that the registry of the moment lacks, without a word; `npm ci` then fails on another system.
  const locked = new Set(PACKAGES.map(([path]) => path));
  const missing = PACKAGES.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesOf(name, path).some((place) => locked.has(place)))
      .map((name) => `${name}, which ${path === '' ? 'package.json' : path} asks for`),
  );
  expect(PACKAGES.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(PACKAGES.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  expect(TEXT).not.toContain('"resolved"');
});
