import type { ProbeInfo } from '../schemas.ts';
import type { LinkWarning } from '../share-schemas.ts';
import { toldText, type Language } from './told.ts';

export interface Told {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly detail: string;
}

export type ErrorText = Omit<Told, 'code'>;

/**
 * An error or a problem in a language. The engine speaks English, and names what it speaks of; in another language the code
 * has words of its own, and the engine's go to the details.
 */
export function errorText({ code, message, advice, detail }: Told, language: Language): ErrorText {
  const title = toldText(`code.${code}`, language);
  if (language === 'en' || title === undefined) return { message, advice, detail };
  return {
    message: title,
    advice: toldText(`advice.${code}`, language) ?? '',
    detail: [message, detail].filter((text) => text !== '').join('\n'),
  };
}

/** What the doctor found, in a language: a check that failed for a reason with a code has that one's words. */
export function probeText(
  { id, title, verdict, finding, advice, code }: ProbeInfo,
  language: Language,
): Pick<ProbeInfo, 'title' | 'finding' | 'advice'> {
  const ownTitle = toldText(`probe.${id}`, language);
  if (language === 'en' || ownTitle === undefined) return { title, finding, advice };
  const word = toldText(`doctor.${verdict}`, language) ?? '';
  if (verdict === 'ok' || verdict === 'skipped') return { title: ownTitle, finding: word, advice: '' };
  const reason = toldText(`code.${code ?? ''}`, language);
  const key = reason === undefined ? `advice.probe.${id}` : `advice.${code ?? ''}`;
  return { title: ownTitle, finding: reason ?? word, advice: toldText(key, language) ?? '' };
}

/** What whoever passes a link on has to know, in a language. */
export function warningText({ code, message }: LinkWarning, language: Language): string {
  return language === 'en' ? message : (toldText(`warning.${code}`, language) ?? message);
}
