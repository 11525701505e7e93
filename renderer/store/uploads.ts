import { asSyncError, errorText } from '../../src/api/index.ts';
import { desktopShell } from '../engine/desktop-bridge.ts';
import { bridge, engine } from '../engine/engine.ts';
import { currentLanguage, translator } from '../i18n/index.ts';
import { currentFormats } from '../i18n/format.ts';
import { bucketChanged, notify, useApp } from './store.ts';
import type { HandUpload, IfTaken } from './types.ts';
import { isLeft, UploadQueue } from './upload-queue.ts';

/** What this window sends by hand. */
export const handUploads = new UploadQueue({
  send: (...upload) => bridge().upload(...upload),
  freeKey: async (wished, signal) => (await engine().call('object.freeKey', wished, signal)).key,
  show: (uploads, uploadsDone) => useApp.setState({ uploads, uploadsDone }),
  rested: (taken) => {
    bucketChanged();
    if (taken.length > 0) tellTaken(taken);
    if (isLeftUnseen()) desktopShell()?.tellNotSent();
  },
  wordsOf: (error) => errorText(asSyncError(error), currentLanguage()).message,
});

/** What was left when the window came into sight or went out of it. */
let seen: ReadonlySet<number> = new Set();

/** To be called then. */
export function noteSeen(): void {
  seen = new Set(left());
}

/** Whether something was not sent while nobody looked. */
export function isLeftUnseen(): boolean {
  return document.visibilityState === 'hidden' && left().some((id) => !seen.has(id));
}

function left(): number[] {
  const { uploads } = useApp.getState();
  return uploads.filter(isLeft).map(({ id }) => id);
}

/** Offers at once what each row of the transfers offers too. */
function tellTaken(taken: readonly HandUpload[]): void {
  const t = translator(currentLanguage());
  const values = { count: taken.length, files: currentFormats().number(taken.length) };
  const name = taken.length === 1 ? taken[0]?.key.split('/').at(-1) : undefined;
  const text = name === undefined ? t('uploads.taken', values) : t('uploads.taken-one', { name });
  const ids = taken.map(({ id }) => id);
  const again = (ifTaken: IfTaken) => () => handUploads.retry(ids, ifTaken);
  notify('failed', text, t('uploads.taken.advice'), [
    { label: t('uploads.replace'), run: again('replace') },
    { label: t('uploads.keep-both'), run: again('keep-both') },
  ]);
}
