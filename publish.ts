import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * `npm run publish-release -- ACCOUNT:BUCKET/PREFIX/ [DIRECTORY]`: puts the packages in `release/` into a bucket, with this
 * program. The feeds go last: whoever reads one finds every package that it names.
 */
const PACKAGE = /\.(AppImage|deb|rpm|exe|dmg|zip|blockmap|tgz)$|^SHA256SUMS(\.asc)?$/;
const FEED = /^latest.*\.yml$/;

const [target = '', directory = 'release'] = process.argv.slice(2);
if (!/^[^/:]+:[^/]+(\/.*)?$/.test(target)) {
  process.stderr.write('error: Say where to: npm run publish-release -- ACCOUNT:BUCKET/PREFIX/\n');
  process.exit(1);
}
const names = readdirSync(directory).sort();
const packages = names.filter((name) => PACKAGE.test(name));
const feeds = names.filter((name) => FEED.test(name));
if (packages.length === 0) {
  process.stderr.write(`error: There are no packages in ${resolve(directory)}.\n  Make them: npm run package\n`);
  process.exit(1);
}
const command = join(import.meta.dirname, 'src/cli/bin.ts');
for (const name of [...packages, ...feeds]) {
  const { status } = spawnSync(
    process.execPath,
    [command, 'put', join(directory, name), `${target.replace(/\/$/, '')}/${name}`],
    { stdio: 'inherit' },
  );
  // The feed stays the old one, and so do all that it names.
  if (status !== 0) process.exit(status ?? 1);
}
process.stdout.write(`${packages.length} packages and ${feeds.length} feeds are in ${target}\n`);
