import { checks } from './en/checks.ts';
import { codes } from './en/codes.ts';
import { links } from './en/links.ts';
import { checks as checksZh } from './zh-CN/checks.ts';
import { codes as codesZh } from './zh-CN/codes.ts';
import { links as linksZh } from './zh-CN/links.ts';

export type Language = 'en' | 'zh-CN';

/** What stands for the codes that cross the contract, wherever they are shown: window, tray and command line. */
export const told = {
  en: { ...codes, ...checks, ...links },
  'zh-CN': { ...codesZh, ...checksZh, ...linksZh },
} as const satisfies Readonly<Record<Language, Readonly<Record<string, string>>>>;

/** The language that was chosen, else the first of the system's that we speak; of Chinese there is one form. */
export function languageOf(chosen: 'system' | Language, system: readonly string[]): Language {
  if (chosen !== 'system') return chosen;
  const known = system.find((tag) => /^(en|zh)(?![a-z])/i.test(tag)) ?? 'en';
  return /^zh/i.test(known) ? 'zh-CN' : 'en';
}

/** The text of a key that was put together, or undefined when there is none. */
export function toldText(key: string, language: Language): string | undefined {
  const texts: Readonly<Record<string, string>> = told[language];
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
