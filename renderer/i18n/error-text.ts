import { useCallback } from 'react';
import type { ProbeInfo } from '../../src/api/index.ts';
import { isTextKey, translator, useLanguage, type Language } from './index.ts';

export interface Told {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly detail: string;
}

export interface ErrorText {
  readonly message: string;
  readonly advice: string;
  readonly detail: string;
}

/**
 * An error or a problem in the language that is shown. The engine speaks English, and names what it speaks of; in another
 * language the code has words of its own, and the engine's go to the details.
 */
export function errorText({ code, message, advice, detail }: Told, language: Language): ErrorText {
  if (language === 'en') return { message, advice: withoutCommands(advice), detail };
  const t = translator(language);
  const titleKey = `code.${code}`;
  const adviceKey = `advice.${code}`;
  if (!isTextKey(titleKey)) return { message, advice, detail };
  return {
    message: t(titleKey),
    advice: isTextKey(adviceKey) ? t(adviceKey) : '',
    detail: [message, detail].filter((text) => text !== '').join('\n'),
  };
}

/** What the doctor found, in the language that is shown: a check that failed for a reason with a code has that one's words. */
export function probeText(
  { id, title, verdict, finding, advice, code }: ProbeInfo,
  language: Language,
): Pick<ProbeInfo, 'title' | 'finding' | 'advice'> {
  const key = `probe.${id}`;
  if (language === 'en' || !isTextKey(key)) return { title, finding, advice };
  const t = translator(language);
  if (verdict === 'ok' || verdict === 'skipped') return { title: t(key), finding: t(`doctor.${verdict}`), advice: '' };
  const reason = `code.${code ?? ''}`;
  const adviceKey = isTextKey(reason) ? `advice.${code ?? ''}` : `advice.probe.${id}`;
  return {
    title: t(key),
    finding: isTextKey(reason) ? t(reason) : t(`doctor.${verdict}`),
    advice: isTextKey(adviceKey) ? t(adviceKey) : '',
  };
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
