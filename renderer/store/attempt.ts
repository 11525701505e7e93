import { asSyncError, errorText } from '../../src/api/index.ts';
import { currentLanguage } from '../i18n/index.ts';
import { notify } from './store.ts';

/** Does something and tells in the corner how it went; `done` is not told when it is empty. */
export function attempt(done: string, work: () => Promise<unknown>): void {
  work().then(
    () => {
      if (done !== '') notify('done', done);
    },
    (error: unknown) => tellFailure(error),
  );
}

/** Tells in the corner what went wrong. */
export function tellFailure(error: unknown): void {
  const { message, advice } = errorText(asSyncError(error), currentLanguage());
  notify('failed', message, advice);
}
