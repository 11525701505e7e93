import { describe, expect, test } from 'vitest';
import { errorText, languageOf, probeText, told, warningText, type LinkWarning } from '../../../src/api/index.ts';
import { linkWarning } from '../../../src/api/share-schemas.ts';
import { PROBLEM_CODES } from '../../../src/core/problems.ts';

const LANGUAGES = ['en', 'zh-CN'] as const;

describe('the words of what is told by its code', () => {
  test('are there for every error and problem in both languages, with what to do in Chinese', () => {
    for (const code of PROBLEM_CODES) {
      for (const language of LANGUAGES) expect(told[language]).toHaveProperty([`code.${code}`]);
      const { message, advice, detail } = errorText({ code, message: 'M', advice: 'A', detail: 'D' }, 'zh-CN');
      expect([code, message, advice].join(' ')).toMatch(/^[a-z0-9-]+ .*[\u4e00-\u9fff].* .*[\u4e00-\u9fff].*$/);
      expect(detail).toBe('M\nD');
    }
  });

  test('are there for every warning of a link in both languages', () => {
    const codes: readonly LinkWarning['code'][] = linkWarning.shape.code.options;
    expect(codes.length).toBeGreaterThan(3);
    for (const code of codes) {
      expect(told.en).toHaveProperty([`warning.${code}`]);
      expect(warningText({ code, message: 'M' }, 'en')).toBe('M');
      expect(warningText({ code, message: 'M' }, 'zh-CN')).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  test('in English are those of the engine, which name what they are about', () => {
    const error = { code: 'no-such-bucket', message: 'There is no bucket "b".', advice: 'Make it.', detail: '' };
    expect(errorText(error, 'en')).toEqual({ message: error.message, advice: error.advice, detail: '' });
    expect(errorText({ ...error, code: 'of-a-later-version' }, 'zh-CN').message).toBe(error.message);
  });

  test('of the doctor are title, finding and advice', () => {
    const probe = { id: 'clock', title: 'The clocks agree', finding: '70 seconds', advice: 'Set it.' } as const;
    expect(probeText({ ...probe, verdict: 'ok' }, 'zh-CN')).toEqual({ title: '时间一致', finding: '正常', advice: '' });
    const skewed = probeText({ ...probe, verdict: 'failed', code: 'clock-skew' }, 'zh-CN');
    expect(skewed).toEqual({ title: '时间一致', finding: '本机与服务器的时间相差过大', advice: '请校准本机时间。' });
    expect(probeText({ ...probe, verdict: 'failed' }, 'en')).toMatchObject({ title: probe.title, advice: 'Set it.' });
  });
});

test.each([
  ['system', ['fr-FR', 'zh-TW', 'en-GB'], 'zh-CN'],
  ['system', ['zh_CN.UTF-8'], 'zh-CN'],
  ['system', ['de-DE'], 'en'],
  ['system', ['zhx'], 'en'],
  ['system', [], 'en'],
  ['en', ['zh-CN'], 'en'],
  ['zh-CN', ['en-US'], 'zh-CN'],
] as const)('who chose %s on a system of %j is spoken to in the right language', (chosen, system, language) => {
  expect(languageOf(chosen, system)).toBe(language);
});
