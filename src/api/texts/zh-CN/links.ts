/** 分享链接前需要知道的事，按代码排列。 */
export const links = {
  'warning.this-computer': '服务器在本机上：其他人无法打开此链接。',
  'warning.private-address': '服务器使用内网地址：只有同一网络中的人可以打开此链接。',
  'warning.plain-http': '链接使用明文 HTTP：传输途中的任何人都可以读取和使用它。',
  'warning.older-version': '本机上的文件比链接指向的版本新，上传后才会更新。',
  'warning.files-left-out': '部分文件未包含在内：其他电脑无法保存这样的文件名。',
} as const;
