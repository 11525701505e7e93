import type { Fingerprint } from './entries.ts';

/** Where a multipart upload goes. */
export interface UploadTarget {
  readonly accountId: string;
  readonly bucket: string;
  readonly key: string;
}

/** For whom an upload is made: a folder, or a person who put a file by hand. */
export type UploadOwner = string | undefined;

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
  /** Of what was sent, in hex: computed here, or the server's ETag for a body whose CRC32 it had checked. */
  readonly md5: string;
  /** As the server answered it; the MD5 again, unless the object is encrypted. */
  readonly etag: string;
}

/** The journal by which an upload goes on after a crash. Every call has been written when it returns. */
export interface UploadJournal {
  find(target: UploadTarget): JournalledUpload | undefined;
  /** Notes that an upload is about to be started. @returns its journal id. */
  begin(
    target: UploadTarget,
    owner: UploadOwner,
    fingerprint: Fingerprint,
    partSizeBytes: number,
    startedMs: number,
  ): number;
  setUploadId(id: number, uploadId: string): void;
  /** Does nothing where the row is gone. */
  putPart(id: number, part: JournalledPart): void;
  parts(id: number): JournalledPart[];
  delete(id: number): void;
}

/**
 * Notes of multipart uploads that are made in one go and never taken up: copies in parts, streams. Without a note, one whose
 * program is killed would lie on the server for ever.
 */
export interface UploadNotes {
  /** Notes that one is about to be asked for. @param startedMs since 1970. */
  begin(bucket: string, key: string, startedMs: number): UploadNote;
}

/** The note of one upload. Every call has been written when it returns. */
export interface UploadNote {
  /** The server has begun it. */
  begun(uploadId: string): void;
  /** Nothing of it is left on the server. */
  over(): void;
  /** Nobody works on it any more: what may be left of it is to be ended. To be called last, whether it is over or not. */
  close(): void;
}

/** Where a download comes from, and the folder that it goes into. */
export interface DownloadSource {
  readonly accountId: string;
  readonly bucket: string;
  readonly key: string;
  /** Absolute path of the local root. */
  readonly root: string;
}

/** What of a download does not change from its start to its end. */
export interface DownloadPlan {
  /** Of the object that is being fetched. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** The object is fetched in parts of this size; the last one may be smaller. */
  readonly partSizeBytes: number;
  /** Where it goes, below the root. */
  readonly path: string;
  /** The file that it is gathered in, below the root. */
  readonly temporaryPath: string;
}

/** A download as journalled. */
export interface JournalledDownload extends DownloadPlan {
  readonly id: number;
  readonly key: string;
  readonly startedMs: number;
}

/** A part that was written to the temporary file to its end. */
export interface FetchedPart {
  /** From 1. */
  readonly partNumber: number;
  /** Of what was written, in hex; undefined where only the content as a whole is hashed. */
  readonly md5: string | undefined;
}

/** The journal by which a download goes on after a crash. Every call has been written when it returns. */
export interface DownloadJournal {
  find(source: DownloadSource): JournalledDownload | undefined;
  /** Notes that a download is about to be started. @returns its journal id. */
  begin(source: DownloadSource, plan: DownloadPlan, startedMs: number): number;
  putPart(id: number, part: FetchedPart): void;
  parts(id: number): FetchedPart[];
  delete(id: number): void;
  /** All downloads into a root. */
  listRoot(root: string): JournalledDownload[];
}
