import type { ErrorData } from '../../core/errors.ts';
import type { ShareInfo } from '../share-schemas.ts';
import { errorText, warningText } from './error-text.ts';
import type { Language } from './told.ts';

/** A notification of the desktop. */
export interface Notice {
  readonly title: string;
  readonly body: string;
}

/** An upload that takes longer than this is worth a notification of its own. */
export const UPLOAD_WORTH_TELLING_MS = 1_500;

const TEXTS = {
  en: {
    copied: (count: number) => (count === 1 ? 'Link copied' : `${count} links copied`),
    until: (name: string, time: string) => `${name} can be fetched until ${time}.`,
    failed: (count: number) => (count === 1 ? 'The link could not be made' : `${count} links could not be made`),
    notCopied: 'The link is made, but could not be copied',
    notCopiedText: undefined,
    uploading: (name: string) => `Uploading ${name}`,
    uploadingText: 'Its link will be on the clipboard once it is uploaded.',
    outside: (name: string) => `${name} is in no synced folder`,
    outsideText: 'Move it into a synced folder, or upload it in the RustFS Sync window and share it there.',
  },
  'zh-CN': {
    copied: (count: number) => (count === 1 ? '链接已复制' : `已复制 ${count} 个链接`),
    until: (name: string, time: string) => `“${name}”可在 ${time} 之前获取。`,
    failed: (count: number) => (count === 1 ? '无法创建链接' : `${count} 个链接无法创建`),
    notCopied: '链接已创建，但无法复制',
    notCopiedText: '请在窗口的“分享”中再次复制。Linux 上的命令行需要 wl-clipboard（Wayland）或 xclip（X11）。',
    uploading: (name: string) => `正在上传“${name}”`,
    uploadingText: '上传完成后，链接会复制到剪贴板。',
    outside: (name: string) => `“${name}”不在任何同步文件夹中`,
    outsideText: '请将其移到同步文件夹中，或在 RustFS Sync 窗口中上传后再分享。',
  },
} as const satisfies Readonly<Record<Language, unknown>>;

/** A notification has room for a few lines. */
const MOST_LINES = 3;

function atMost(lines: readonly string[]): string[] {
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : [...lines];
}

/** What whoever clicked on files is told, by whichever program made the links. @param time as the person writes times. */
export function copiedNotice(
  made: readonly Pick<ShareInfo, 'fileName' | 'expiresMs' | 'warnings'>[],
  language: Language,
  time: (atMs: number) => string,
): Notice {
  const texts = TEXTS[language];
  const until = made.map(({ fileName, expiresMs }) => texts.until(fileName, time(expiresMs)));
  const warnings = made.flatMap((each) => each.warnings.map((warning) => warningText(warning, language)));
  return { title: texts.copied(made.length), body: [...atMost(until), ...new Set(warnings)].join('\n') };
}

/** One, however many there are. @param failed what there is no link to, by the names of the files. */
export function failedNotice(
  failed: readonly { readonly name: string; readonly error: ErrorData }[],
  language: Language,
): Notice {
  const texts = TEXTS[language];
  const reasons = failed.map(({ error }) => {
    if (error.code === 'not-in-folder') return texts.outsideText;
    const { message, advice } = errorText(error, language);
    return `${message} ${advice}`;
  });
  const [first] = failed;
  if (failed.length === 1 && first?.error.code === 'not-in-folder')
    return { title: texts.outside(first.name), body: texts.outsideText };
  const names = failed.length === 1 ? [] : [atMost(failed.map(({ name }) => name)).join(', ')];
  return { title: texts.failed(failed.length), body: [...names, ...atMost([...new Set(reasons)])].join('\n') };
}

/** The links are made and on the list, and the clipboard did not take them. */
export function notCopiedNotice({ message, advice }: ErrorData, language: Language): Notice {
  const texts = TEXTS[language];
  return { title: texts.notCopied, body: texts.notCopiedText ?? `${message} ${advice}` };
}

export function uploadingNotice(name: string, language: Language): Notice {
  const texts = TEXTS[language];
  return { title: texts.uploading(name), body: texts.uploadingText };
}
