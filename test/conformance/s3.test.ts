import { afterAll, beforeAll, describe } from 'vitest';
import { startS3Double } from '../support/s3-double/index.ts';
import type { S3Double } from '../support/s3-double/index.ts';
import { realServer } from '../support/servers.ts';
import { authProbes } from './probes/auth.ts';
import { conditionProbes } from './probes/conditions.ts';
import { eventProbes } from './probes/events.ts';
import { integrityProbes } from './probes/integrity.ts';
import { keyProbes } from './probes/keys-and-listing.ts';
import { multipartProbes } from './probes/multipart.ts';
import { objectProbes } from './probes/objects.ts';
import { versionProbes } from './probes/versions.ts';
import type { Target } from './target.ts';

/** The same probes for both servers: what holds for the double in other tests holds for a real server then. */
function allProbes(target: Target): void {
  objectProbes(target);
  keyProbes(target);
  conditionProbes(target);
  multipartProbes(target);
  integrityProbes(target);
  authProbes(target);
  versionProbes(target);
  eventProbes(target);
}

describe('S3 double', () => {
  let double: S3Double | undefined;
  beforeAll(async () => {
    double = await startS3Double();
  });
  afterAll(() => double?.close());
  allProbes({
    name: 'S3 double',
    access: () => {
      if (double === undefined) throw new Error('The double has not started.');
      return double;
    },
  });
});

// global-setup.ts says which real server this is, or that there is none.
const real = realServer();
describe.skipIf(real === undefined)(`real server (${real?.name ?? 'none'})`, () => {
  allProbes({
    name: real?.name ?? 'none',
    access: () => {
      if (real === undefined) throw new Error('There is no real server.');
      return real;
    },
  });
});
