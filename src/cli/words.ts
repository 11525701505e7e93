import { errorText, languageOf, type Language } from '../api/texts/index.ts';
import type { ProblemInfo } from '../api/index.ts';
import { countOf } from './format.ts';

/** The words of the command line around what the engine tells: those of errors, problems and the doctor. */
export interface Words {
  readonly error: string;
  readonly warning: string;
  readonly severities: Readonly<Record<ProblemInfo['severity'], string>>;
  readonly wholeFolder: string;
  readonly noProblems: string;
  readonly conflict: (copy: string, id: number) => string;
  readonly failed: (attempts: number, nextTime: string) => string;
  /** Of a folder whose server can not be reached, while an engine watches it. */
  readonly goesOn: string;
  readonly allGood: string;
  /** Between what was looked at and what was found. */
  readonly colon: string;
  readonly summary: (failed: number, degraded: number) => string;
}

const ENGLISH: Words = {
  error: 'error:',
  warning: 'warning:',
  severities: { notice: 'notice', warning: 'warning', error: 'error' },
  wholeFolder: 'the whole folder',
  noProblems: 'There are no problems.',
  conflict: (copy, id) => `Your version is ${copy}. The id of this conflict is ${id}.`,
  failed: (attempts, nextTime) =>
    `Failed ${attempts === 1 ? 'once' : `${attempts} times`}; tried again at ${nextTime}.`,
  goesOn: 'It goes on by itself once the server answers.',
  allGood: 'Everything is as it should be.',
  colon: ': ',
  summary: (failed, degraded) =>
    [
      ...(failed > 0 ? [`${countOf(failed, 'check')} failed`] : []),
      ...(degraded > 0 ? [`${countOf(degraded, 'check')} found something that works less well`] : []),
    ].join(', ') + '.',
};

const CHINESE: Words = {
  error: '错误：',
  warning: '警告：',
  severities: { notice: '提示', warning: '警告', error: '错误' },
  wholeFolder: '整个文件夹',
  noProblems: '没有问题。',
  conflict: (copy, id) => `你的版本是 ${copy}。此冲突的编号为 ${id}。`,
  failed: (attempts, nextTime) => `已失败 ${attempts} 次，将于 ${nextTime} 重试。`,
  goesOn: '服务器恢复响应后会自动继续。',
  allGood: '一切正常。',
  colon: '：',
  summary: (failed, degraded) =>
    [
      ...(failed > 0 ? [`${failed} 项检查未通过`] : []),
      ...(degraded > 0 ? [`${degraded} 项功能可用但有限制`] : []),
    ].join('，') + '。',
};

export function wordsOf(language: Language): Words {
  return language === 'en' ? ENGLISH : CHINESE;
}

/** The language of the terminal, as its environment tells it; where that tells nothing (Windows), the system's. */
export function terminalLanguage(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Language {
  const told = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((each) => each !== undefined && each !== '');
  if (told !== undefined) return languageOf('system', [told]);
  return languageOf('system', platform === 'win32' ? [Intl.DateTimeFormat().resolvedOptions().locale] : []);
}

/** What to type about a problem, by its code; an error brings its own. */
const PROBLEM_COMMANDS: Readonly<Record<string, string>> = {
  'conflict-copy': 'rustfs-sync problems resolve ID --keep mine|theirs|both',
  'not-chosen': 'rustfs-sync folder select ID PATH...',
};

/**
 * An error or a problem in lines: what it is, what to do, and what to type. In another language than English there is also
 * what the engine said, which names what it is about.
 */
export function toldLines(
  { code, message, advice, command = PROBLEM_COMMANDS[code] }: ToldInTerminal,
  language: Language,
): readonly [string, ...string[]] {
  const text = errorText({ code, message, advice, detail: '' }, language);
  const said = text.message === message ? [] : [`${message} ${advice}`.trim()];
  return [text.message, ...[text.advice, ...said, command ?? ''].filter((line) => line !== '')];
}

interface ToldInTerminal {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly command?: string | undefined;
}
