import type { Operation } from './request.ts';

/** One request as the server saw it on the wire. */
export interface ServedRequest {
  readonly operation: Operation;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
  /** Body bytes that arrived, with aws-chunked framing. Grows while they come. */
  bytesReceived: number;
  /** Body bytes that the server handed to the connection. */
  bytesSent: number;
  /** Undefined while under way, and for ever when the connection was closed without an answer. */
  status: number | undefined;
  errorCode: string | undefined;
}
