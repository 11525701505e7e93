import { createCipheriv } from 'node:crypto';

export type SampleLanguage = 'en' | 'zh-CN';

/** A file that is there to try things with. The path has slashes. */
export interface SampleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What there is to try with, in one language. */
export interface Sample {
  /** The name of the folder on this computer. */
  readonly folder: string;
  readonly local: readonly SampleFile[];
  /** What is in the bucket before anything is synced. */
  readonly remote: readonly SampleFile[];
}

/** Large enough to go in parts, so that it can be watched and paused. */
const LARGE_FILE_BYTES = 20 * 1024 * 1024;

export function sampleIn(language: SampleLanguage): Sample {
  return language === 'zh-CN' ? chineseSample() : englishSample();
}

function englishSample(): Sample {
  return {
    folder: 'RustFS Sync trial',
    local: [
      text(
        'Read me first.txt',
        `This folder is there to try RustFS Sync with.

Change a file, add one, delete one: a moment later the bucket has it.
Nothing of this is kept. The server goes when you end the trial, and with it
what was sent there. This folder goes too, unless you changed something in it.
`,
      ),
      text('Notes/Ideas.md', '# Ideas\n\n- Rename this file, and look at the bucket\n- Share a picture by a link\n'),
      ...pictures('Pictures', ['Boat', 'Hills', 'Evening']),
      { path: 'Large file.bin', bytes: largeFile() },
    ],
    remote: [
      text(
        'From the bucket/Hello.txt',
        'This file was in the bucket first. With “Sync both ways” it comes to your computer.\n',
      ),
    ],
  };
}

function chineseSample(): Sample {
  return {
    folder: 'RustFS Sync 试用',
    local: [
      text(
        '请先读我.txt',
        `这个文件夹供你试用 RustFS Sync。

修改、添加或删除文件，片刻之后存储桶里就会跟着变化。
试用期间的内容不会保留：结束试用时，服务器连同上传到其中的内容一并删除。
如果你没有改动过这个文件夹，它也会被删除。
`,
      ),
      text('笔记/想法.md', '# 想法\n\n- 重命名这个文件，再看看存储桶\n- 用链接分享一张图片\n'),
      ...pictures('图片', ['小船', '山丘', '傍晚']),
      { path: '大文件.bin', bytes: largeFile() },
    ],
    remote: [text('来自存储桶/你好.txt', '这个文件原本就在存储桶里。选择“双向同步”，它就会来到你的电脑上。\n')],
  };
}

function text(path: string, content: string): SampleFile {
  return { path, bytes: Buffer.from(content, 'utf8') };
}

function pictures(directory: string, [boat, hills, evening]: readonly [string, string, string]): SampleFile[] {
  const [sky, sea, sand] = ['#cfe6f2', '#2f6f95', '#d9a066'];
  return [
    picture(
      `${directory}/${boat}.svg`,
      sky,
      `<rect y="300" width="640" height="180" fill="${sea}"/><path d="M200 290h240l-50 50H250z" fill="#8a4b2a"/><path d="M315 280V110l110 150z" fill="#fff"/>`,
    ),
    picture(
      `${directory}/${hills}.svg`,
      sky,
      `<path d="M0 480 180 200 320 360 460 160 640 480z" fill="#5d7f5a"/><circle cx="520" cy="100" r="45" fill="#f4c95d"/>`,
    ),
    picture(
      `${directory}/${evening}.svg`,
      '#f2b08a',
      `<circle cx="320" cy="300" r="110" fill="#e4572e"/><rect y="300" width="640" height="180" fill="${sand}"/>`,
    ),
  ];
}

function picture(path: string, background: string, shapes: string): SampleFile {
  const frame = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 640 480">`;
  return text(path, `${frame}<rect width="640" height="480" fill="${background}"/>${shapes}</svg>\n`);
}

/** The same bytes each time, so that a file that nobody changed is known again; as hard to compress as a film. */
function largeFile(): Uint8Array {
  const nothing = Buffer.alloc(16);
  return createCipheriv('aes-128-ctr', nothing, nothing).update(Buffer.alloc(LARGE_FILE_BYTES));
}
