import type { Language } from '../api/texts/index.ts';
import { quote, usageError } from './usage.ts';

const LANGUAGES: Readonly<Record<string, Language>> = { en: 'en', zh: 'zh-CN', 'zh-cn': 'zh-CN', zh_cn: 'zh-CN' };

/** @throws SyncError invalid-argument for a language that the program does not speak. */
export function parseLanguage(text: string): Language {
  const language = LANGUAGES[text.toLowerCase()];
  if (language !== undefined) return language;
  throw usageError(`There is no language ${quote(text)} here.`, 'Say en or zh.');
}

/** What --lang says, read before the arguments are parsed: what is wrong with them is told in that language too. */
export function languageIn(args: readonly string[]): Language | undefined {
  const at = args.findIndex((arg) => /^--lang(=|$)/.test(arg));
  const text = args[at]?.split('=')[1] ?? args[at + 1] ?? '';
  return at === -1 ? undefined : LANGUAGES[text.toLowerCase()];
}
