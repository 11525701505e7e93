/** The file managers that can be taught to copy a link. */
export const FILE_MANAGERS = ['nautilus', 'nemo', 'caja', 'dolphin', 'thunar', 'windows', 'macos'] as const;
export type FileManager = (typeof FILE_MANAGERS)[number];

/** `stale`: made for another place or version of the program, or changed since; installing again mends it. */
export type IntegrationState = 'installed' | 'stale' | 'absent';

/** One thing that can be put into a desktop and taken out again. */
export interface Integration {
  /** Where it is, for people: files or a key of the registry. */
  readonly places: readonly string[];
  state(): Promise<IntegrationState>;
  /** Puts it there, or brings it up to date. @throws SyncError name-taken when something of others is in its place. */
  install(): Promise<void>;
  /** Takes away what {@link install} put there and nothing else. */
  remove(): Promise<void>;
}
