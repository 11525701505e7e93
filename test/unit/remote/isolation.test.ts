import { createRequire, syncBuiltinESMExports } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

// Nothing here may import the SDK before this function is watched, since the SDK keeps a reference to it.
const promises = createRequire(import.meta.url)('node:fs/promises') as { readFile: (...args: unknown[]) => unknown };
const original = promises.readFile;
const opened: string[] = [];
let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rustfs-sync-home-'));
  const config = join(home, 'config');
  await writeFile(config, '[default]\nregion = eu-west-9\nendpoint_url = http://127.0.0.1:9\nsdk_ua_app_id = spy\n');
  const env = {
    HOME: home,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: config,
    AWS_PROFILE: 'nobody',
    AWS_REGION: 'eu-west-9',
    AWS_ACCESS_KEY_ID: 'from-environment',
    AWS_SECRET_ACCESS_KEY: 'from-environment',
    AWS_SESSION_TOKEN: 'from-environment',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_SUPPORTED',
    AWS_DEFAULTS_MODE: 'auto',
    HTTP_PROXY: 'http://127.0.0.1:9',
    http_proxy: 'http://127.0.0.1:9',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  promises.readFile = (...args) => {
    opened.push(String(args[0]));
    return original(...args);
  };
  syncBuiltinESMExports();
});

afterAll(async () => {
  promises.readFile = original;
  syncBuiltinESMExports();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

it('takes nothing from environment variables or from ~/.aws', async () => {
  const { errorXml, replying, startTinyServer, storeAt } = await import('./tiny-server.ts');
  const server = await startTinyServer(replying(403, errorXml('AccessDenied')));
  const store = storeAt(server.endpoint);
  const put = { bucket: 'b', key: 'k', body: new Uint8Array(1), bodyMd5: new Uint8Array(16) };
  await expect(store.listBuckets()).rejects.toMatchObject({ code: 'access-denied' });
  await expect(store.put({ ...put, metadata: {}, contentType: 'a/b' })).rejects.toMatchObject({
    code: 'access-denied',
  });
  await expect(store.createUpload({ ...put, metadata: {}, contentType: 'a/b' })).rejects.toMatchObject({
    code: 'access-denied',
  });
  const link = await store.presign({ bucket: 'b', key: 'k', method: 'PUT', expiresInSeconds: 5 });
  store.close();
  await server.close();
  expect(server.asked).toHaveLength(3);
  for (const { headers } of server.asked) {
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=test-access\/\d{8}\/us-east-1\/s3\/aws4_request/,
    );
    expect(headers['x-amz-security-token']).toBeUndefined();
    expect(headers['user-agent']).toBe('rustfs-sync');
    expect(Object.keys(headers).filter((name) => name.includes('checksum'))).toEqual([]);
  }
  expect(link).toContain(server.endpoint);
  expect(opened).toEqual([]);

  // The proof that reading would have been seen: a client that is told nothing does look.
  const { S3Client } = await import('@aws-sdk/client-s3');
  const curious = new S3Client({});
  await curious.config.useFipsEndpoint();
  curious.destroy();
  expect(opened).toContain(join(home, 'config'));
});
