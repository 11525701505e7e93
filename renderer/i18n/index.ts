import i18next from 'i18next';
import { languageOf, type Language } from '../../src/api/index.ts';
import { useApp } from '../store/store.ts';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

/** A key of the texts; those that count something are named without the form of the number. */
export type TextKey = WithoutPlural<keyof typeof en>;
type WithoutPlural<K extends string> = K extends `${infer B}_one` ? B : K extends `${infer B}_other` ? B : K;

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

const texts = i18next.createInstance();

/** Takes the texts in; they are part of the program, so that there is nothing to wait for. */
export function startTexts(): void {
  void texts.init({
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
    lng: 'en',
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    // React shows text as text.
    interpolation: { escapeValue: false },
  });
}

/** The language that is shown. */
export function useLanguage(): Language {
  return useApp((state) => languageOf(state.settings.language, navigator.languages));
}

/** The same where nothing is drawn. */
export function currentLanguage(): Language {
  return languageOf(useApp.getState().settings.language, navigator.languages);
}

/** The texts in the language that is shown. */
export function useText(): Translate {
  return translator(useLanguage());
}

const translators = new Map<Language, Translate>();

/** One function a language, the same each time, so that what depends on it is not made anew. */
export function translator(language: Language): Translate {
  let translate = translators.get(language);
  if (translate === undefined) {
    const fixed = texts.getFixedT(language);
    // A list asks for the same few words in each of its rows.
    const words = new Map<TextKey, string>();
    translate = (key, values) => {
      if (values !== undefined) return fixed(key, { ...values });
      let text = words.get(key);
      if (text === undefined) words.set(key, (text = fixed(key)));
      return text;
    };
    translators.set(language, translate);
  }
  return translate;
}

/** Whether there is a text of this key, for keys that are put together. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key) || Object.hasOwn(en, `${key}_other`);
}
