import { basename } from 'node:path';
import { clipboard } from 'electron';
import {
  asSyncError,
  copiedNotice,
  failedNotice,
  makeShare,
  notCopiedNotice,
  UPLOAD_WORTH_TELLING_MS,
  uploadingNotice,
  USUAL_SHARE_SECONDS,
  type Client,
  type Language,
  type Notice,
  type ShareInfo,
} from '../src/api/index.ts';

/** Who clicked, and how they are told. */
export interface Asker {
  readonly language: Language;
  readonly locale: string;
  readonly tell: (notice: Notice) => void;
}

/** Puts links to files of synced folders on the clipboard, a line each, and tells the person what became of them. */
export async function copyLinks(client: Client, paths: readonly string[], asker: Asker): Promise<void> {
  const startMs = performance.now();
  let hasToldOfUpload = false;
  const uploading = (path: string) => {
    if (hasToldOfUpload || performance.now() - startMs < UPLOAD_WORTH_TELLING_MS) return;
    hasToldOfUpload = true;
    asker.tell(uploadingNotice(basename(path), asker.language));
  };
  const outcomes = await Promise.allSettled(paths.map((path) => linkTo(client, path, () => uploading(path))));
  await copy(
    outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    asker,
  );
  const failed = outcomes.flatMap((each, index) =>
    each.status === 'rejected' ? [{ name: basename(paths[index] ?? ''), error: asSyncError(each.reason) }] : [],
  );
  if (failed.length > 0) asker.tell(failedNotice(failed, asker.language));
}

async function copy(made: readonly ShareInfo[], { language, locale, tell }: Asker): Promise<void> {
  if (made.length === 0) return;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  try {
    await clipboard.writeText(made.map(({ url }) => url).join('\n'));
    tell(copiedNotice(made, language, (atMs) => format.format(atMs)));
  } catch (error) {
    tell(notCopiedNotice(asSyncError(error), language));
  }
}

function linkTo(client: Client, path: string, onUpload: () => void): Promise<ShareInfo> {
  const input = { target: { kind: 'path', path }, expiresInSeconds: USUAL_SHARE_SECONDS } as const;
  return makeShare(client, input, undefined, (step) => {
    if (step.kind === 'uploading') onUpload();
  });
}
