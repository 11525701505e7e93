/** The names under which the preload and the main process speak. */
export const IPC = {
  connect: 'connect',
  port: 'port',
  lost: 'lost',
  upload: 'upload',
  notSent: 'not-sent',
  download: 'download',
  downloads: 'downloads',
  steerDownloads: 'steer-downloads',
  view: 'view',
  login: 'login',
} as const;
