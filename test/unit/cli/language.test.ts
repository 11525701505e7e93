import { describe, expect, test } from 'vitest';
import type { ProbeInfo, ProblemInfo } from '../../../src/api/index.ts';
import { SyncError } from '../../../src/core/errors.ts';
import { terminalLanguage } from '../../../src/cli/words.ts';
import { runFake } from './fake-host.ts';

const noBucket = new SyncError({
  code: 'no-such-bucket',
  message: 'The bucket "photos" does not exist.',
  advice: 'Make it.',
  command: 'rustfs-sync bucket create home photos',
});
const chinese = { LANG: 'zh_CN.UTF-8' };
const doctor: readonly ProbeInfo[] = [
  { id: 'reachable', title: 'The server answers', verdict: 'ok', finding: 'It answers.', advice: '' },
  {
    id: 'bucket',
    title: 'The bucket exists',
    verdict: 'failed',
    code: 'no-such-bucket',
    finding: noBucket.message,
    advice: noBucket.advice,
  },
  {
    id: 'long-names',
    title: 'Names of 255 bytes are taken',
    verdict: 'degraded',
    finding: 'No.',
    advice: 'They stay.',
  },
] as const;
const problem: ProblemInfo = {
  id: 1,
  folderId: 'f',
  path: 'a.txt',
  code: 'keeps-changing',
  severity: 'warning',
  message: 'It keeps changing.',
  advice: 'Wait.',
  detail: '',
  firstMs: 0,
  lastMs: 0,
  attempts: 2,
  retryAtMs: 0,
};

describe('in Chinese', () => {
  test('an error has its words and its advice, and below them what names it', async () => {
    const run = await runFake({ env: chinese, answers: { 'bucket.list': noBucket } }, 'bucket', 'list', 'home');
    expect(run.stderr).toBe(
      '错误： 没有这个存储桶\n  请创建它，或选择其他存储桶。\n  The bucket "photos" does not exist. Make it.\n  rustfs-sync bucket create home photos\n',
    );
  });

  test('wrong usage too', async () => {
    const run = await runFake({}, 'shares', 'link', 'x', '--lang', 'zh');
    expect(run).toMatchObject({ exitCode: 1, opened: 0 });
    expect(run.stderr).toMatch(/^错误： 输入无效\n.*\n  "x" is not the number of a link\./);
  });

  test('the doctor tells each check', async () => {
    const run = await runFake({ env: chinese, streams: { doctor } }, 'doctor', 'home:photos');
    expect(run.stdout).toBe(
      '✓ 服务器有响应：正常\n✗ 存储桶存在：没有这个存储桶\n    请创建它，或选择其他存储桶。\n' +
        `    ${noBucket.message} ${noBucket.advice}\n` +
        '! 接受 255 字节的名称：可用但有限制\n    名称很长的文件会留在本机，并显示为问题。\n    No. They stay.\n',
    );
    expect(run.stderr).toBe('1 项检查未通过，1 项功能可用但有限制。\n');
    expect(run.exitCode).toBe(2);
  });

  test('problems say what and what to do', async () => {
    const answers = { 'problem.list': [problem], 'folder.list': [] };
    const run = await runFake({ env: chinese, answers }, 'problems');
    expect(run.stdout).toMatch(
      /^警告  a\.txt\n  读取时一直在变化\n  会自动重试.*\n  It keeps changing\. Wait\.\n  已失败 2 次，将于 .* 重试。\n$/,
    );
    const none = await runFake({ env: chinese, answers: { 'problem.list': [], 'folder.list': [] } }, 'problems');
    expect(none.stderr).toBe('没有问题。\n');
  });

  test('JSON stays as it is', async () => {
    const run = await runFake({ env: chinese, streams: { doctor } }, 'doctor', 'home:photos', '--json');
    expect(run.documents).toEqual(doctor);
  });
});

test('--lang is stronger than the environment, and another language is refused', async () => {
  const answers = { 'problem.list': [], 'folder.list': [] };
  expect((await runFake({ env: chinese, answers }, 'problems', '--lang', 'en')).stderr).toBe(
    'There are no problems.\n',
  );
  expect((await runFake({ answers }, '--lang=zh-CN', 'problems')).stderr).toBe('没有问题。\n');
  const wrong = await runFake({}, 'problems', '--lang', 'fr');
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, 'error: There is no language "fr" here.\n  Say en or zh.\n']);
  expect((await runFake({}, 'problems', '--lang')).exitCode).toBe(1);
});

test.each([
  [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [{ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'en_US' }, 'zh-CN'],
  [{ LANG: 'zh' }, 'zh-CN'],
  [{}, 'en'],
] as const)('the language of a terminal with %j is %s', (env, language) => {
  expect(terminalLanguage(env, 'linux')).toBe(language);
});
