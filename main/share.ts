import { basename } from 'node:path';
import { clipboard } from 'electron';
import { makeShare, type Client } from '../src/api/index.ts';
import { asSyncError } from '../src/core/errors.ts';
import type { Notice } from './notices.ts';
import type { Texts } from './texts.ts';

const EXPIRES_SECONDS = 7 * 24 * 60 * 60;

/** Puts a link to a file of a synced folder on the clipboard. @returns what to tell the person, whichever way it went. */
export async function copyLink(client: Client, path: string, texts: Texts, locale: string): Promise<Notice> {
  try {
    const { url, expiresMs, warnings } = await makeShare(client, {
      target: { kind: 'path', path },
      expiresInSeconds: EXPIRES_SECONDS,
    });
    await clipboard.writeText(url);
    const until = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(expiresMs);
    return {
      title: texts.linkCopied,
      body: [texts.linkCopiedText(basename(path), until), ...warnings.map(({ message }) => message)].join(' '),
    };
  } catch (error) {
    const { message, advice } = asSyncError(error);
    return { title: texts.linkFailed, body: `${message} ${advice}` };
  }
}
