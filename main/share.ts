import { basename } from 'node:path';
import { clipboard } from 'electron';
import { makeShare, type Client, type ShareInfo } from '../src/api/index.ts';
import { asSyncError } from '../src/core/errors.ts';
import type { Notice } from './notices.ts';
import type { Texts } from './texts.ts';

const EXPIRES_SECONDS = 7 * 24 * 60 * 60;

/**
 * Puts links to files of synced folders on the clipboard, a line each.
 *
 * @returns what to tell the person, whichever way it went.
 */
export async function copyLinks(
  client: Client,
  paths: readonly string[],
  texts: Texts,
  locale: string,
): Promise<Notice> {
  try {
    const made = await Promise.all(paths.map((path) => linkTo(client, path)));
    await clipboard.writeText(made.map(({ url }) => url).join('\n'));
    const untilMs = Math.min(...made.map(({ expiresMs }) => expiresMs));
    const until = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(untilMs);
    const names = new Intl.ListFormat(locale).format(paths.map((path) => basename(path)));
    const warnings = new Set(made.flatMap(({ warnings }) => warnings.map(({ message }) => message)));
    return { title: texts.linkCopied, body: [texts.linkCopiedText(names, until), ...warnings].join(' ') };
  } catch (error) {
    const { message, advice } = asSyncError(error);
    return { title: texts.linkFailed, body: `${message} ${advice}` };
  }
}

function linkTo(client: Client, path: string): Promise<ShareInfo> {
  return makeShare(client, { target: { kind: 'path', path }, expiresInSeconds: EXPIRES_SECONDS });
}
