import type { SettingsInfo } from '../api/index.ts';

/** What notifications of a right-click say: unlike a terminal, they speak the language of the person's desktop. */
export interface DesktopTexts {
  readonly copied: (count: number) => string;
  readonly until: (name: string, time: string) => string;
  readonly failed: string;
  readonly uploading: (name: string) => string;
  readonly uploadingText: string;
  readonly outside: (name: string) => string;
  readonly outsideText: string;
  readonly warnings: Readonly<Record<string, string>>;
}

const ENGLISH: DesktopTexts = {
  copied: (count) => (count === 1 ? 'Link copied' : `${count} links copied`),
  until: (name, time) => `${name} can be fetched until ${time}.`,
  failed: 'The link could not be made',
  uploading: (name) => `Uploading ${name}`,
  uploadingText: 'Its link will be on the clipboard once it is uploaded.',
  outside: (name) => `${name} is in no synced folder`,
  outsideText: 'Move it into a synced folder, or upload it in the RustFS Sync window and share it there.',
  warnings: {},
};

const CHINESE: DesktopTexts = {
  copied: (count) => (count === 1 ? '链接已复制' : `已复制 ${count} 个链接`),
  until: (name, time) => `“${name}”可在 ${time} 之前获取。`,
  failed: '无法创建链接',
  uploading: (name) => `正在上传“${name}”`,
  uploadingText: '上传完成后，链接会复制到剪贴板。',
  outside: (name) => `“${name}”不在任何同步文件夹中`,
  outsideText: '请将其移到同步文件夹中，或在 RustFS Sync 窗口中上传后再分享。',
  warnings: {
    'this-computer': '服务器在本机上：其他人无法打开此链接。',
    'private-address': '服务器使用内网地址：只有同一网络中的人可以打开此链接。',
    'plain-http': '链接使用明文 HTTP：传输途中的任何人都可以读取和使用它。',
    'older-version': '本机上的文件比链接指向的版本新，上传后才会更新。',
    'files-left-out': '部分文件未包含在内：其他电脑无法保存这样的文件名。',
  },
};

/** In the language that was chosen for the window, else in the desktop's. */
export function desktopTexts(
  chosen: SettingsInfo['language'],
  env: Readonly<Record<string, string | undefined>>,
): DesktopTexts {
  const system = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((each) => each !== undefined && each !== '');
  const language = chosen === 'system' ? (system ?? 'en') : chosen;
  return language.startsWith('zh') ? CHINESE : ENGLISH;
}
