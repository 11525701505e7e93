import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../../support/engine-harness.ts';
import { randomContent } from '../../support/engine-root.ts';
import { useDouble } from '../../support/engine-servers.ts';
import { withMethods } from '../../support/with-methods.ts';

test.each([
  ['in one piece', 200_000],
  ['in parts', 17 * 1024 * 1024],
])('a disk that gives a file its times when it is closed gets what comes %s', async (_how, sizeBytes) => {
  const world = await createWorld(await useDouble(), {
    mode: 'two-way',
    wrap: (real) => ({
      ...real,
      fs: withMethods(real.fs, {
        // As ntfs-3g does with `delay_mtime`, and some file servers.
        async openForWriting(root, path) {
          const file = await real.fs.openForWriting(root, path);
          return withMethods(file, {
            async close() {
              await file.close();
              const now = new Date();
              await utimes(join(root, path), now, now);
            },
          });
        },
      }),
    }),
  });
  const content = randomContent(sizeBytes);
  await world.bucket.put('film', content);
  expect(await world.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 1 });
  expect(content.equals(await world.root.read('film'))).toBe(true);
  expect(await world.sync()).toMatchObject({ result: 'in-sync', downloadedFiles: 0, uploadedFiles: 0 });
});
