import type { SkipReason } from './entries.ts';
import { ERROR_CODES, type ErrorCode } from './errors.ts';

/** A problem is anything about a path or a folder that a person may want to know or has to decide. */
export type ProblemCode =
  | SkipReason
  | ErrorCode
  | 'not-nfc'
  | 'remote-changed'
  | 'local-changed'
  | 'conflict'
  | 'conflict-copy'
  | 'keeps-changing'
  | 'case-clash'
  | 'not-chosen'
  | 'not-listed'
  | AuditCode;

/** What an audit finds. */
export const AUDIT_CODES = ['bit-rot', 'silent-edit', 'missing-here', 'missing-in-bucket'] as const;
export type AuditCode = (typeof AUDIT_CODES)[number];

/**
 * `notice`: left out by nature, listed for completeness; `warning`: not synced until a person acts; `error`: failed, and
 * tried again by itself where that makes sense. Only warnings and errors make `sync --once` end with exit code 3.
 */
export type Severity = 'notice' | 'warning' | 'error';

/** What a comparison finds; the words are the same wherever it is shown. */
export interface ProblemText {
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
}

/** Those that a comparison finds by itself, without a request that failed. */
export type ComparisonProblem =
  | SkipReason
  | 'not-nfc'
  | 'remote-changed'
  | 'local-changed'
  | 'conflict'
  | 'conflict-copy'
  | 'type-clash'
  | 'case-clash'
  | 'not-chosen'
  | 'not-listed'
  | 'keeps-changing';

const TEXTS: Readonly<Record<ComparisonProblem, ProblemText>> = {
  'name-too-long': warning(
    'A file or folder name is longer than 255 bytes, which the server can not hold.',
    'Shorten the name. Letters outside English take two to four bytes each.',
  ),
  'key-too-long': warning(
    'The whole path is longer than 1,024 bytes, which is the most that S3 allows.',
    'Shorten some of the folder names in it, or sync a folder further down.',
  ),
  'line-break-in-name': warning('The name has a line break in it, which the server refuses.', 'Rename the file.'),
  'nul-in-name': warning('The name has a NUL character in it, which the server refuses.', 'Rename the file.'),
  'dot-segment': warning('The path has a “.” or “..” in it, which can lead out of the folder.', 'Rename the object.'),
  'empty-segment': warning('The path has two slashes in a row, which no disk can hold.', 'Rename the object.'),
  'name-not-unicode': warning(
    'The name is not valid Unicode, so that it can not be written in a bucket.',
    'Rename the file. Names like this often come from old archives in another encoding.',
  ),
  'unsafe-name': warning(
    'The name has a backslash, a control character or a mark that reverses the direction of writing, or is one that Windows can not hold. It could be something else on another computer.',
    'Rename it on the side where it is.',
  ),
  'unicode-clash': warning(
    'Another name in the same folder differs from this one only in its Unicode form, and looks the same.',
    'Rename one of the two. The other one is synced.',
  ),
  'not-nfc': warning(
    'The key is not in Unicode composed form (NFC), so that two keys could stand for one file.',
    'Rename the object.',
  ),
  symlink: notice(
    'Symbolic links are not synced.',
    'Put the file itself into the folder, or sync the place it points to.',
  ),
  'special-file': notice(
    'Pipes, sockets and devices are not synced.',
    'Nothing to do; add it to .rustfsignore to hide this.',
  ),
  unreadable: warning(
    'This can not be read, so that nothing is known of it. Nothing was changed in the bucket.',
    'Give yourself permission to read it, or add it to .rustfsignore.',
  ),
  'other-filesystem': warning(
    'Another disk is mounted here. It is left alone, since an unmounted disk looks like deleted files.',
    'Sync that disk as a folder of its own.',
  ),
  vanished: notice('It disappeared while it was looked at.', 'Nothing to do; the next pass looks again.'),
  'remote-changed': warning(
    'Somebody else changed or made this object in the bucket. It was not overwritten.',
    'Compare the two. To send yours, change the file again after removing or renaming the object.',
  ),
  'local-changed': warning(
    'This file was changed here, in a folder that only downloads. It was left as it is.',
    'Move your version out of the folder to get the one in the bucket.',
  ),
  conflict: warning(
    'The file and the object both changed and differ. Both are kept as they are.',
    'Compare the two, then remove or rename the one that you do not want under this name.',
  ),
  'conflict-copy': warning(
    'The file was changed here and in the bucket. Both are kept: the bucket\u2019s version under its name, yours beside it.',
    'Compare the two and say which to keep.',
  ),
  'type-clash': warning(
    'The bucket holds a file where this computer has a folder, or the other way round, and can not hold both.',
    'Rename one of the two, or delete the object that is no longer wanted.',
  ),
  'case-clash': warning(
    'Its name differs from “OTHER” only in capital and small letters, which the disk of this computer takes for one name. It stays in the bucket and is not synced here.',
    'Rename one of the two in the bucket, or on a computer whose disk tells them apart.',
  ),
  'not-chosen': warning(
    'This part of the folder is not chosen for this computer, but the bucket does not hold this very file. It was left here and is not synced.',
    'Choose the part again to have it synced, or move the file somewhere else.',
  ),
  'not-listed': warning(
    'The bucket holds this file but does not list it, so that other computers do not get it. Some servers list nothing below the name of a deleted object in a bucket with versions.',
    'Give the folder that it is in another name.',
  ),
  'keeps-changing': warning(
    'The file keeps changing while it is read, so that it can not be sent whole.',
    'It is tried again by itself. Close the program that writes to it, or sync a copy.',
  ),
};

/** Every code that a problem can have, each once. */
export const PROBLEM_CODES: readonly string[] = [...new Set([...ERROR_CODES, ...Object.keys(TEXTS), ...AUDIT_CODES])];

/**
 * Severity, message and advice of what a comparison found.
 *
 * @param other the second path, where the problem is between two.
 */
export function problemText(code: ComparisonProblem, other = ''): ProblemText {
  const text = TEXTS[code];
  return other === '' ? text : { ...text, message: text.message.replace('OTHER', () => other) };
}

function warning(message: string, advice: string): ProblemText {
  return { severity: 'warning', message, advice };
}

function notice(message: string, advice: string): ProblemText {
  return { severity: 'notice', message, advice };
}
