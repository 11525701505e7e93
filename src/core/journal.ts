import type { Fingerprint } from './entries.ts';

/** Where a multipart upload goes. */
export interface UploadTarget {
  readonly accountId: string;
  readonly bucket: string;
  readonly key: string;
}

/** A multipart upload as journalled. Without an upload id: we were about to start one and do not know whether we did. */
export interface JournalledUpload {
  readonly id: number;
  readonly uploadId: string | undefined;
  readonly partSizeBytes: number;
  readonly fingerprint: Fingerprint;
  readonly startedMs: number;
}

/** A part that the server acknowledged. */
export interface JournalledPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  /** Of what was sent, in hex. */
  readonly md5: string;
  /** As the server answered it; the MD5 again, unless the object is encrypted. */
  readonly etag: string;
}

/** The journal by which an upload goes on after a crash. Every call has been written when it returns. */
export interface UploadJournal {
  find(target: UploadTarget): JournalledUpload | undefined;
  /** Notes that an upload is about to be started. @returns its journal id. */
  begin(target: UploadTarget, fingerprint: Fingerprint, partSizeBytes: number, startedMs: number): number;
  setUploadId(id: number, uploadId: string): void;
  putPart(id: number, part: JournalledPart): void;
  parts(id: number): JournalledPart[];
  delete(id: number): void;
}
