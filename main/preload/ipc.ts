/** The names under which the preload and the main process speak. */
export const IPC = {
  connect: 'connect',
  port: 'port',
  upload: 'upload',
  download: 'download',
  view: 'view',
} as const;
