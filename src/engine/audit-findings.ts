import type { AuditCode, ProblemText } from '../core/problems.ts';
import type { FileVerdict } from '../transfer/index.ts';

/** The file that a finding is about, as its advice names it. */
export interface FindingPlace {
  /** `ACCOUNT:BUCKET/KEY`. */
  readonly object: string;
  /** Absolute. */
  readonly file: string;
}

/** What an audit's finding means and what to do; the commands in it can be copied. Nothing is ever mended by itself. */
export function findingText(code: AuditCode, { object, file }: FindingPlace): ProblemText {
  const get = `rustfs-sync get ${quoted(object)} ${quoted(file)} --force`;
  switch (code) {
    case 'bit-rot':
      return {
        severity: 'error',
        message:
          'The content is not what was synced, though nothing has written to the file since: its disk has damaged it.',
        advice: `Check the disk. To put the good copy of the bucket back: ${get}. If you did edit it, touch the file, and the edit is uploaded.`,
      };
    case 'silent-edit':
      return {
        severity: 'warning',
        message: 'The content was changed, and the modification time set back, so that the file looks unchanged.',
        advice: `If the edit is meant, the next sync uploads it. If not, put the bucket's copy back first: ${get}`,
      };
    case 'missing-here':
      return {
        severity: 'warning',
        message: 'The file is gone from this computer since the last sync.',
        advice: `If you deleted it, the next sync looks after that. If not, get it back first: ${get}`,
      };
    case 'missing-in-bucket':
      return {
        severity: 'warning',
        message: 'The object is gone from the bucket since the last sync.',
        advice:
          'If nobody meant to delete it, touch the file before the next sync: a change beats a deletion, and it is uploaded again.',
      };
  }
}

const UNKNOWN: Readonly<Record<Extract<FileVerdict, { kind: 'unknown' }>['reason'], string>> = {
  encrypted: 'The server encrypts it, and tells no checksum of the content.',
  'unknown-parts': 'Another program sent it in parts of a size that is not known.',
  'object-gone': 'The object is not in the bucket any more, and the server does not say what its ETag was of.',
};

/** Why nothing could be said of a file. */
export function unknownReason({ reason }: Extract<FileVerdict, { kind: 'unknown' }>): string {
  return UNKNOWN[reason];
}

function quoted(text: string): string {
  return `"${text.replace(/(["$\\`])/g, '\\$1')}"`;
}
