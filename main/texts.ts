import type { Language } from '../src/api/index.ts';

/** The words of the tray and of notifications. The window has its own; the compiler holds the languages to one another. */
export interface Texts {
  /** For what is told by its code. */
  readonly language: Language;
  readonly open: string;
  readonly pause: string;
  readonly pauseHour: string;
  readonly pauseUntilResumed: string;
  readonly resume: string;
  readonly settings: string;
  readonly startAtLogin: string;
  readonly quit: string;
  readonly recent: string;
  readonly nothingRecent: string;
  readonly showInFolder: string;
  readonly copyLink: string;
  readonly starting: string;
  readonly noFolder: string;
  readonly paused: string;
  readonly offline: string;
  readonly comparing: string;
  /** `files` is the number as it is written. */
  readonly syncing: (count: number, files: string) => string;
  readonly inSync: (count: number, files: string) => string;
  readonly problems: (count: number) => string;
  readonly held: string;
  readonly heldText: (folder: string) => string;
  readonly conflict: (path: string) => string;
  readonly conflicts: (count: number) => string;
  readonly conflictText: string;
  readonly problem: (path: string) => string;
  readonly problemsText: string;
  readonly stopped: (folder: string) => string;
  readonly saved: (name: string) => string;
  readonly savedMany: (files: string) => string;
  readonly savedText: string;
  readonly notSaved: (name: string) => string;
  readonly notSavedMany: (files: string) => string;
  /** Of what failed by hand, in either direction. */
  readonly notSavedText: string;
  readonly notSent: string;
  readonly staysInTray: string;
  readonly staysInTrayText: string;
  readonly updateReady: (version: string) => string;
  readonly updateReadyText: string;
  /** Of the app's menu. */
  readonly menu: MenuTexts;
}

export interface MenuTexts {
  readonly file: string;
  readonly closeWindow: string;
  readonly hide: string;
  readonly hideOthers: string;
  readonly unhide: string;
  readonly edit: string;
  readonly undo: string;
  readonly redo: string;
  readonly cut: string;
  readonly copy: string;
  readonly paste: string;
  readonly selectAll: string;
  readonly view: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly resetZoom: string;
  readonly fullScreen: string;
  readonly developerTools: string;
}

export const en: Texts = {
  language: 'en',
  open: 'Open RustFS Sync',
  pause: 'Pause',
  pauseHour: 'For 1 hour',
  pauseUntilResumed: 'Until I resume it',
  resume: 'Resume',
  settings: 'Settings…',
  startAtLogin: 'Start at login',
  quit: 'Quit',
  recent: 'Recent files',
  nothingRecent: 'Nothing yet',
  showInFolder: 'Show in folder',
  copyLink: 'Copy link',
  starting: 'Starting…',
  noFolder: 'No folder is synced yet',
  paused: 'Paused',
  offline: 'The server can not be reached',
  comparing: 'Looking for changes…',
  syncing: (count, files) => `Syncing, ${files} ${count === 1 ? 'file' : 'files'} left`,
  inSync: (count, files) => `In sync, ${files} ${count === 1 ? 'file' : 'files'}`,
  problems: (count) => (count === 1 ? '1 problem' : `${count.toLocaleString('en')} problems`),
  held: 'A plan waits for your word',
  heldText: (folder) => `Syncing ${folder} would change or delete unusually much. Look at it first.`,
  conflict: (path) => `Conflict: ${path}`,
  conflicts: (count) => `${count.toLocaleString('en')} conflicts`,
  conflictText: 'Changed here and in the bucket. Nothing was overwritten; choose which to keep.',
  problem: (path) => `Not synced: ${path}`,
  problemsText: 'They are not synced until you look at them.',
  stopped: (folder) => `${folder} is not being synced`,
  saved: (name) => `Saved: ${name}`,
  savedMany: (files) => `${files} files saved`,
  savedText: 'See them in your downloads.',
  notSaved: (name) => `Not saved: ${name}`,
  notSavedMany: (files) => `${files} files were not saved`,
  notSavedText: 'The transfers say why, and can be tried again there.',
  notSent: 'Not all files were uploaded',
  staysInTray: 'RustFS Sync goes on',
  staysInTrayText: 'Your folders stay in sync. The icon in the tray opens the window again, and quits.',
  updateReady: (version) => `RustFS Sync ${version} is ready`,
  updateReadyText: 'It is installed when you quit.',
  menu: {
    file: 'File',
    closeWindow: 'Close window',
    hide: 'Hide RustFS Sync',
    hideOthers: 'Hide others',
    unhide: 'Show all',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    view: 'View',
    zoomIn: 'Larger',
    zoomOut: 'Smaller',
    resetZoom: 'Actual size',
    fullScreen: 'Full screen',
    developerTools: 'Developer tools',
  },
};

export const zhCN: Texts = {
  language: 'zh-CN',
  open: '打开 RustFS Sync',
  pause: '暂停',
  pauseHour: '1 小时',
  pauseUntilResumed: '直到我恢复',
  resume: '继续',
  settings: '设置…',
  startAtLogin: '登录时启动',
  quit: '退出',
  recent: '最近的文件',
  nothingRecent: '暂无',
  showInFolder: '在文件夹中显示',
  copyLink: '复制链接',
  starting: '正在启动…',
  noFolder: '还没有同步任何文件夹',
  paused: '已暂停',
  offline: '无法连接服务器',
  comparing: '正在查找变化…',
  syncing: (_count, files) => `正在同步，还剩 ${files} 个文件`,
  inSync: (_count, files) => `已同步，${files} 个文件`,
  problems: (count) => `${count.toLocaleString('zh-CN')} 个问题`,
  held: '有一项计划等待你确认',
  heldText: (folder) => `同步 ${folder} 会更改或删除异常多的文件。请先查看。`,
  conflict: (path) => `冲突：${path}`,
  conflicts: (count) => `${count.toLocaleString('zh-CN')} 个冲突`,
  conflictText: '本机和存储桶中的文件都已更改。没有覆盖任何内容；请选择保留哪一个。',
  problem: (path) => `未同步：${path}`,
  problemsText: '在你处理之前，它们不会被同步。',
  stopped: (folder) => `${folder} 未在同步`,
  saved: (name) => `已保存：${name}`,
  savedMany: (files) => `已保存 ${files} 个文件`,
  savedText: '可在“下载”文件夹中查看。',
  notSaved: (name) => `未保存：${name}`,
  notSavedMany: (files) => `${files} 个文件未保存`,
  notSavedText: '可在“传输”中查看原因并重试。',
  notSent: '有文件未上传',
  staysInTray: 'RustFS Sync 仍在运行',
  staysInTrayText: '你的文件夹会保持同步。点击托盘图标可以再次打开窗口或退出。',
  updateReady: (version) => `RustFS Sync ${version} 已准备就绪`,
  updateReadyText: '退出时会自动安装。',
  menu: {
    file: '文件',
    closeWindow: '关闭窗口',
    hide: '隐藏 RustFS Sync',
    hideOthers: '隐藏其他',
    unhide: '全部显示',
    edit: '编辑',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    view: '显示',
    zoomIn: '放大',
    zoomOut: '缩小',
    resetZoom: '实际大小',
    fullScreen: '全屏',
    developerTools: '开发者工具',
  },
};

export const TEXTS: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zhCN };
