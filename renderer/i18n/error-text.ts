import { useCallback } from 'react';
import { errorText as toldError, type ErrorText, type Language, type Told } from '../../src/api/index.ts';
import { useLanguage } from './index.ts';

/** An error or a problem in the language that is shown, without what is of use in a terminal alone. */
export function errorText(told: Told, language: Language): ErrorText {
  const text = toldError(told, language);
  return language === 'en' ? { ...text, advice: withoutCommands(text.advice) } : text;
}

export function useErrorText(): (told: Told) => ErrorText {
  const language = useLanguage();
  return useCallback((told) => errorText(told, language), [language]);
}

/** Some advice names a command for the terminal, or an option of one, which is of no use in a window. */
function withoutCommands(advice: string): string {
  return advice
    .replace(/,? ?(?:first )?with: rustfs-sync [^.]*\.?/g, '.')
    .replace(/: rustfs-sync [^.]*\.?/g, '.')
    .replace(/ with --[\w-]+/g, '');
}
