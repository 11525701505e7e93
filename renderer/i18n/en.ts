import { codes } from './en/codes.ts';
import { setup } from './en/setup.ts';
import { views } from './en/views.ts';
import { window } from './en/window.ts';

/** English, which names all keys. `_one` and `_other` are the forms of a number. */
export const en = { ...window, ...views, ...setup, ...codes } as const;
