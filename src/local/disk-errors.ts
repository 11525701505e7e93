import { constants } from 'node:os';
import { SyncError, type ErrorCode } from '../core/errors.ts';
import { isOtherOnWindows } from './disk-path.ts';

/** What a failed call on the disk was about. */
export interface DiskCall {
  /** Present participle with its preposition, for the message: `reading`, `listing`, `writing`. */
  readonly doing: string;
  /** The whole path, as the person knows it. */
  readonly path: string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
  readonly advice: string;
  readonly retryable?: boolean;
}

const VANISHED: Meaning = {
  code: 'file-vanished',
  what: 'it is not there any more',
  advice: 'If it was moved or deleted on purpose, nothing is to be done: the next scan takes notice.',
};
const REFUSED: Meaning = {
  code: 'file-unreadable',
  what: 'the system refused access',
  advice: 'Give the user who runs RustFS Sync access to it, or leave it out with an ignore rule.',
};
const BUSY: Meaning = {
  code: 'file-unreadable',
  what: 'another program holds it',
  advice: 'Close the program that uses it. It is tried again by itself.',
  retryable: true,
};
const LINK: Meaning = {
  code: 'link-in-path',
  what: 'a symbolic link stands in its path',
  advice: 'RustFS Sync never follows links. Replace the link by the directory or file that it points to.',
};
const NOT_A_FILE: Meaning = {
  code: 'not-a-file',
  what: 'it is not a regular file',
  advice: 'Only regular files are synced. Leave it out with an ignore rule.',
};
const FULL: Meaning = {
  code: 'disk-full',
  what: 'the disk or its quota is full',
  advice: 'Free some space. RustFS Sync goes on by itself when there is room again.',
  retryable: true,
};
const READ_ONLY: Meaning = {
  code: 'disk-error',
  what: 'the disk is read-only',
  advice: 'Mount the disk for writing, or sync this folder in upload mode.',
};
const OTHER_DISK: Meaning = {
  code: 'disk-error',
  what: 'its new place is on another file system',
  advice: 'Synced folders may not reach over several file systems. Nothing was moved.',
};
const NAME_TOO_LONG: Meaning = {
  code: 'disk-error',
  what: 'this disk can not hold a name or a path that long',
  advice: 'Give the file a shorter name, or the directories above it.',
};
const NAME_REFUSED: Meaning = {
  code: 'unsafe-name',
  what: 'this disk can not hold such a name',
  advice:
    'Rename it, on another computer or in the bucket. Disks that are made for Windows (FAT, exFAT, NTFS) hold no < > : " | ? * or \\ in a name, and no dot or space at its end.',
};
const FILE_TOO_LARGE: Meaning = {
  code: 'disk-error',
  what: 'this disk can not hold a file that large',
  advice:
    'FAT32 holds files of less than 4 GiB: use a disk with another file system, or leave the file out with an ignore rule.',
};
const TAKEN: Meaning = {
  code: 'name-taken',
  what: 'something else has this name',
  advice: 'Nothing was replaced. The next scan takes up what is there.',
};
const CHANGED: Meaning = {
  code: 'file-changed',
  what: 'it is not as it was when this was decided',
  advice: 'Nothing is to be done: the file stays as it is, and the next scan looks at it again.',
};
const TOO_MANY_OPEN: Meaning = {
  code: 'disk-error',
  what: 'too many files are open',
  advice: 'Close other programs, or raise the limit of open files (ulimit -n).',
  retryable: true,
};
const BROKEN: Meaning = {
  code: 'disk-error',
  what: 'the disk reported an error',
  advice: 'Check the disk and its connection; the detail has the words of the system.',
  retryable: true,
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: VANISHED,
  ENOTDIR: VANISHED,
  EACCES: REFUSED,
  EPERM: REFUSED,
  EBUSY: BUSY,
  ETXTBSY: BUSY,
  EAGAIN: BUSY,
  ELOOP: LINK,
  EMLINK: LINK,
  EISDIR: NOT_A_FILE,
  ENXIO: NOT_A_FILE,
  ENODEV: NOT_A_FILE,
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: READ_ONLY,
  EXDEV: OTHER_DISK,
  ENAMETOOLONG: NAME_TOO_LONG,
  EFBIG: FILE_TOO_LARGE,
  EMFILE: TOO_MANY_OPEN,
  ENFILE: TOO_MANY_OPEN,
};

/** Codes under which Windows reports that another program has the file open. */
const WINDOWS_SHARING = new Set(['EBUSY', 'EPERM', 'EACCES']);

/** The system's code of a thrown value (`ENOENT`), or undefined when it has none. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno } = error as NodeJS.ErrnoException;
  // libuv has no name for EDQUOT and calls it "Unknown system error".
  if (errno !== undefined && errno === -constants.errno.EDQUOT) return 'EDQUOT';
  return code;
}

/** Whether the system says that nothing is there. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * What link(2) says on a file system without hard links (FAT, some network ones), of a file with too many of them, and of
 * one that this user may not link. Windows says EISDIR where it has no such function.
 */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EISDIR']);

/** Whether the system says that a file can have no second name here. */
export function canNotLink(error: unknown): boolean {
  return NO_LINKS.has(systemCode(error) ?? '');
}

/** A failed call on the disk as the SyncError that names the path and says what helps. SyncErrors pass unchanged. */
export function diskError(error: unknown, call: DiskCall, platform: NodeJS.Platform = process.platform): SyncError {
  if (error instanceof SyncError) return error;
  const code = systemCode(error) ?? '';
  const shared = platform === 'win32' && WINDOWS_SHARING.has(code);
  return describe(shared ? BUSY : (MEANINGS[code] ?? BROKEN), call, error);
}

/** The error for something that is no regular file although the call itself went through. */
export function notAFile(call: DiskCall): SyncError {
  return describe(NOT_A_FILE, call);
}

/** The error for a path that leads through a link, or turned out to be another file than the one asked for. */
export function linkInPath(call: DiskCall): SyncError {
  return describe(LINK, call);
}

/** The error for a name that something else has. */
export function nameTaken(call: DiskCall): SyncError {
  return describe(TAKEN, call);
}

/** The error for a file that is not the one, or not as, it was when something was decided about it. */
export function fileChanged(call: DiskCall): SyncError {
  return describe(CHANGED, call);
}

/**
 * Whether the system says of a new name that the disk can not hold it. Some disks say that nothing is there (exFAT by way of
 * FUSE): of a name of a usual kind that means that its directory is gone.
 */
export function refusesName(error: unknown, name: string): boolean {
  const code = systemCode(error);
  return code === 'EILSEQ' || ((code === 'EINVAL' || code === 'ENOENT') && isOtherOnWindows(name));
}

/** The error for a name that the disk can not hold. */
export function nameRefused(call: DiskCall, cause: unknown): SyncError {
  return describe(NAME_REFUSED, call, cause);
}

/** The error for something that was there a moment ago. */
export function vanished(call: DiskCall): SyncError {
  return describe(VANISHED, call);
}

function describe(meaning: Meaning, call: DiskCall, cause?: unknown): SyncError {
  return new SyncError({
    code: meaning.code,
    message: `${call.doing} ${call.path} failed: ${meaning.what}.`,
    advice: meaning.advice,
    retryable: meaning.retryable ?? false,
    detail: cause instanceof Error ? cause.message : '',
    cause,
  });
}
