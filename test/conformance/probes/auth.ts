import * as s3 from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, describe, expect, test } from 'vitest';
import { plainClient } from '../../support/s3-client.ts';
import { expectProbe, outcome, useBucket } from '../target.ts';
import type { Target } from '../target.ts';

export function authProbes(target: Target): void {
  describe('authentication', () => {
    const use = useBucket(target);
    const clients: s3.S3Client[] = [];
    const clientWith = (overrides: s3.S3ClientConfig) => {
      const client = plainClient(target.access(), overrides);
      clients.push(client);
      return client;
    };
    afterAll(() => {
      for (const client of clients) client.destroy();
    });
    const list = (client: s3.S3Client) => outcome(client.send(new s3.ListBucketsCommand()));

    test('wrong secret, unknown key, another region', async () => {
      const { accessKey, secretKey } = target.access();
      const wrongSecret = { accessKeyId: accessKey, secretAccessKey: `${secretKey}x` };
      expect(await list(clientWith({ credentials: wrongSecret }))).toBe('403 SignatureDoesNotMatch');
      const unknownKey = { accessKeyId: 'nobody-here', secretAccessKey: secretKey };
      expect(await list(clientWith({ credentials: unknownKey }))).toBe('403 InvalidAccessKeyId');
      expect(await list(clientWith({ region: 'eu-central-1' }))).toBe('200');
    });

    test('a clock more than 15 minutes away', async () => {
      const minutes = 60_000;
      expect(await list(clientWith({ systemClockOffset: -20 * minutes }))).toBe('403 RequestTimeTooSkewed');
      expect(await list(clientWith({ systemClockOffset: 20 * minutes }))).toBe('403 RequestTimeTooSkewed');
      expect(await list(clientWith({ systemClockOffset: -10 * minutes }))).toBe('200');
    });

    test('a skewed client can read the time of the server in the Date header', async () => {
      const { endpoint } = target.access();
      const response = await fetch(endpoint);
      await response.arrayBuffer();
      expect(Math.abs(Date.now() - Date.parse(response.headers.get('date') ?? ''))).toBeLessThan(60_000);
    });

    test('an unsigned request is AccessDenied', async () => {
      const { bucket, put } = use();
      await put('private', 'x');
      const response = await fetch(`${target.access().endpoint}/${bucket}/private`);
      expect([response.status, codeIn(await response.text())]).toEqual([403, 'AccessDenied']);
    });
  });

  describe('presigned links', () => {
    const use = useBucket(target);
    const key = 'shared/a b+ü.txt';

    test('a GET link needs no credentials and can name the download', async () => {
      const { client, bucket, put } = use();
      await put(key, 'shared');
      const ResponseContentDisposition = 'attachment; filename="x y.txt"';
      const command = new s3.GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentDisposition });
      const response = await fetch(await getSignedUrl(client, command, { expiresIn: 60 }));
      expect([response.status, await response.text()]).toEqual([200, 'shared']);
      expect(response.headers.get('content-disposition')).toBe(ResponseContentDisposition);
    });

    test('a PUT link takes any body', async () => {
      const { client, bucket } = use();
      const at = { Bucket: bucket, Key: 'uploaded' };
      const url = await getSignedUrl(client, new s3.PutObjectCommand(at), { expiresIn: 60 });
      expect((await fetch(url, { method: 'PUT', body: 'by link' })).status).toBe(200);
      expect(await (await client.send(new s3.GetObjectCommand(at))).Body?.transformToString()).toBe('by link');
    });

    test('an expired, a future and a changed link are refused', async () => {
      const { client, bucket, put } = use();
      await put(key, 'shared');
      const sign = (signedAgoMs: number, expiresIn: number) =>
        getSignedUrl(client, new s3.GetObjectCommand({ Bucket: bucket, Key: key }), {
          expiresIn,
          signingDate: new Date(Date.now() - signedAgoMs),
        });
      const open = async (url: string) => {
        const response = await fetch(url);
        const text = await response.text();
        return response.ok ? String(response.status) : `${response.status} ${codeIn(text)}`;
      };
      expect(await open(await sign(10_000, 1))).toBe('403 AccessDenied');
      expectProbe(target, 'link: of the future', await open(await sign(-3_600_000, 60)), '403 AccessDenied');
      expect(await open(await sign(3_600_000, 7_200))).toBe('200');
      const link = await sign(0, 60);
      expect(await open(link.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).toBe('403 SignatureDoesNotMatch');
    });
  });
}

function codeIn(xml: string): string {
  return /<Code>(\w+)<\/Code>/.exec(xml)?.[1] ?? 'no code';
}
