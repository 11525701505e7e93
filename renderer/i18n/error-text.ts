import { useCallback } from 'react';
import { errorText, type ErrorText, type Told } from '../../src/api/index.ts';
import { useLanguage } from './index.ts';

/** The words of errors and problems in the language that is shown. */
export function useErrorText(): (told: Told) => ErrorText {
  const language = useLanguage();
  return useCallback((told) => errorText(told, language), [language]);
}
