import { useDouble } from './engine-servers.ts';
import { pollUntil } from './loopback.ts';
import type { S3Double } from './s3-double/index.ts';
import type { Computer, Team } from './two-way-team.ts';

/** A server that does not tell of changes, so that they are found by listing. */
export async function useListedDouble(): Promise<S3Double> {
  const double = await useDouble();
  double.faults.add({ operation: 'ListenBucketNotification' }, { kind: 'error', code: 'NotImplemented' });
  return double;
}

/** A new object arrives once the bucket has been listed again. */
export async function afterNextListing({ bucket }: Team, computer: Computer, name: string): Promise<void> {
  await bucket.put(name, name);
  await pollUntil(name, () => computer.root.read(name).catch(() => undefined));
}
