import { told } from '../../src/api/index.ts';
import { history } from './en/history.ts';
import { setup } from './en/setup.ts';
import { views } from './en/views.ts';
import { window } from './en/window.ts';

/** English, which names all keys. `_one` and `_other` are the forms of a number. */
export const en = { ...window, ...views, ...history, ...setup, ...told.en } as const;
