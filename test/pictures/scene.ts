import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeShare, type Client, type FolderStatus } from '../../src/api/index.ts';
import { plainClient } from '../support/s3-client.ts';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { pollUntil } from '../support/loopback.ts';
import type { RunningApp } from '../support/window/app.ts';

export interface SceneServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Slow enough that a picture catches the middle of it. */
const SLOW_BYTES_PER_SECOND = 1_000_000;

/**
 * Folders as a person has them: photos on their way, documents with a conflict, music whose plan is held, links and a name
 * that can not be synced.
 */
export async function setUpScene(app: RunningApp, server: SceneServer): Promise<{ finish(): Promise<void> }> {
  const { client } = app.engine;
  await client.call('account.add', {
    name: 'home',
    endpoint: server.endpoint,
    accessKeyId: server.accessKey,
    secretAccessKey: server.secretKey,
    storeSecretInFile: true,
  });
  for (const bucket of ['backups', 'documents', 'drafts', 'music', 'photos-2026']) {
    await client.call('bucket.create', { account: 'home', bucket });
  }
  await drafts(app, server);
  await documents(app, server);
  await music(app);
  await photos(app);
  return {
    finish: async () => {
      const limitHours = { days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 18 * 60 };
      await client.call('setting.set', { uploadLimitBytesPerSecond: 0, limitHours });
      const { id: folderId } = await folderOf(client, 'Pictures');
      const path = ['raw/iceland/timelapse.mov', 'raw/iceland/IMG_0089.dng'];
      await client.call('transfer.resume', { folderId, path });
      await pollUntil(
        'the photos to be in sync',
        async () => (await stateOf(client, 'Pictures')) === 'in-sync' || undefined,
      );
    },
  };
}

/** A trial with its folder of samples, first not synced and then in sync; what is shown of the two is for the caller. */
export async function runTrial(
  { engine: { client } }: RunningApp,
  show: (scene: 'trial' | 'trial-synced') => Promise<void>,
): Promise<void> {
  const { account, bucket, sampleRoot } = await client.call('trial.start', { language: 'en' });
  await show('trial');
  await client.call('folder.add', { account, bucket, localRoot: sampleRoot, mode: 'two-way' });
  await client.call('sync.start', { ids: [] });
  await settled(client, basename(sampleRoot));
  await show('trial-synced');
  await client.call('trial.end', {});
}

/** A bucket that keeps versions. */
async function drafts({ engine: { client } }: RunningApp, server: SceneServer): Promise<void> {
  await client.call('bucket.setVersioning', { account: 'home', bucket: 'drafts', on: true });
  const s3 = plainClient(server);
  const put = (Key: string, bytes: number) =>
    s3.send(new PutObjectCommand({ Bucket: 'drafts', Key, Body: Buffer.alloc(bytes, bytes % 251) }));
  for (let n = 1; n <= 5; n++) await put('thesis.odt', 181_000 + n * 4_711);
  for (const name of ['outline.md', 'sources.bib', 'figures/map.png']) await put(name, 20_000 + name.length * 977);
  await put('outline.md', 23_456);
  await put('abandoned.md', 3_210);
  await s3.send(new DeleteObjectCommand({ Bucket: 'drafts', Key: 'abandoned.md' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'drafts', Key: 'thesis.odt' }));
  await put('thesis.odt', 204_555);
  s3.destroy();
}

async function documents({ files, engine: { client } }: RunningApp, server: SceneServer): Promise<void> {
  const root = join(files, 'Documents');
  await mkdir(join(root, 'Letters'), { recursive: true });
  await writeFile(join(root, 'notes.md'), '# Notes\n');
  await writeFile(join(root, 'budget 2026.xlsx'), Buffer.alloc(48_211, 3));
  await writeFile(join(root, 'Letters', 'to the landlord.odt'), Buffer.alloc(21_873, 5));
  await writeFile(join(root, '会议记录.txt'), '下周二再谈。\n');
  await symlink('/usr/share/doc', join(root, 'manuals'));
  await symlink('/usr/share/dict', join(root, 'words'));
  const old = ['Letters/to the bank.odt', 'budget 2024.xlsx', 'old notes.md'];
  for (const [index, path] of old.entries()) await writeFile(join(root, path), Buffer.alloc(9_000 + index * 7_123, 1));
  await add(client, { localRoot: root, bucket: 'documents', mode: 'two-way' });
  await settled(client, 'Documents');
  // Two are deleted here, and one by somebody else.
  for (const path of old.slice(0, 2)) await rm(join(root, path));
  await client.call('object.remove', { account: 'home', bucket: 'documents', key: 'old notes.md' });
  await client.call('transfer.retry', { folderId: (await folderOf(client, 'Documents')).id });
  await pollUntil('the deletions', async () => {
    const activity = await client.call('activity.list', { limit: 1000 });
    return activity.filter(({ kind }) => kind.startsWith('deleted-')).length === old.length || undefined;
  });
  await makeShare(client, {
    target: { kind: 'object', account: 'home', bucket: 'documents', key: 'budget 2026.xlsx' },
    expiresInSeconds: 86_400,
  });
  await makeShare(client, {
    target: { kind: 'object', account: 'home', bucket: 'documents', key: 'from Ann/holiday.zip' },
    expiresInSeconds: 604_800,
    upload: true,
  });
  // Both sides write the same file while the folder is paused.
  const { id } = await folderOf(client, 'Documents');
  await client.call('folder.pause', { id });
  const s3 = plainClient(server);
  await s3.send(new PutObjectCommand({ Bucket: 'documents', Key: 'notes.md', Body: '# Notes\nof theirs\n' }));
  s3.destroy();
  await writeFile(join(root, 'notes.md'), '# Notes\nof mine\n');
  await client.call('folder.resume', { id });
  await pollUntil('the conflict', async () => {
    const problems = await client.call('problem.list', {});
    return problems.some(({ code }) => code === 'conflict-copy') || undefined;
  });
}

async function music({ files, engine: { client } }: RunningApp): Promise<void> {
  const root = join(files, 'Music');
  await mkdir(join(root, 'Live'), { recursive: true });
  for (let n = 1; n <= 60; n++)
    await writeFile(join(root, 'Live', `Track ${String(n).padStart(2, '0')}.flac`), Buffer.alloc(3_000 + n, n));
  await add(client, { localRoot: root, bucket: 'music', mode: 'two-way' });
  await settled(client, 'Music');
  for (let n = 1; n <= 55; n++) await rm(join(root, 'Live', `Track ${String(n).padStart(2, '0')}.flac`));
  await pollUntil('the brake', async () => (await stateOf(client, 'Music')) === 'held' || undefined);
}

async function photos({ files, engine: { client } }: RunningApp): Promise<void> {
  const root = join(files, 'Pictures');
  await mkdir(join(root, 'raw', 'iceland', 'day-1'), { recursive: true });
  await writeFile(join(root, 'raw', 'iceland', 'list.txt'), 'lenses, tripod, batteries\n');
  await writeFile(join(root, 'raw', 'iceland', 'map.pdf'), Buffer.alloc(420_000, 9));
  await add(client, { localRoot: root, bucket: 'photos-2026', mode: 'upload' });
  await settled(client, 'Pictures');
  await client.call('setting.set', { uploadLimitBytesPerSecond: SLOW_BYTES_PER_SECOND });
  const { id: folderId } = await folderOf(client, 'Pictures');
  // All of them are to be in one plan, however slowly they are written.
  await client.call('folder.pause', { id: folderId });
  for (let n = 42; n <= 90; n++) {
    await writeFile(
      join(root, 'raw', 'iceland', `IMG_${String(n).padStart(4, '0')}.dng`),
      // So many that it is the middle of it until the last picture, and some are there soon.
      Buffer.alloc((n % 4 === 0 ? 400_000 : 2_600_000) + n * 777, n),
    );
  }
  await writeFile(join(root, 'raw', 'iceland', 'timelapse.mov'), Buffer.alloc(40_000_000, 7));
  for (let n = 1; n <= 6; n++)
    await writeFile(join(root, 'raw', 'iceland', 'day-1', `IMG_${n}.dng`), Buffer.alloc(900_000, n));
  await client.call('folder.resume', { id: folderId });
  await pollUntil(
    'the photos to be on their way',
    async () => (await client.call('transfer.list', {})).length > 2 || undefined,
  );
  await client.call('transfer.first', { folderId, path: 'raw/iceland/IMG_0088.dng' });
  const path = 'raw/iceland/timelapse.mov';
  await pollUntil(
    'the film to be paused',
    async () => (await client.call('transfer.pause', { folderId, path })).files > 0 || undefined,
    { deadlineMs: 60_000 },
  );
  await client.call('transfer.cancel', { folderId, path: 'raw/iceland/IMG_0089.dng' });
  // The chart is to have something to show, and some of the photos are to be there.
  await new Promise((done) => setTimeout(done, 10_000));
}

async function add(
  client: Client,
  folder: { localRoot: string; bucket: string; mode: 'upload' | 'two-way' },
): Promise<void> {
  await client.call('folder.add', { account: 'home', ...folder });
  await client.call('sync.start', { ids: [] });
}

async function folderOf(client: Client, name: string): Promise<FolderStatus['folder']> {
  const folder = (await client.call('folder.list', {})).find(({ localRoot }) => localRoot.endsWith(`/${name}`));
  if (folder === undefined) throw new Error(`There is no folder ${name}.`);
  return folder;
}

async function stateOf(client: Client, name: string): Promise<FolderStatus['state']> {
  const { id } = await folderOf(client, name);
  return (await client.call('folder.status', { id })).state;
}

async function settled(client: Client, name: string): Promise<void> {
  await pollUntil(`${name} to be in sync`, async () => (await stateOf(client, name)) === 'in-sync' || undefined);
}
