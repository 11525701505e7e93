import type { Operation } from './request.ts';

/** One request as the server saw it on the wire. */
export interface LoggedRequest {
  readonly operation: Operation;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
  /** Body bytes that arrived, with aws-chunked framing. Grows while they come. */
  bytesReceived: number;
  /** Body bytes that the double handed to the connection. */
  bytesSent: number;
  /** Undefined while under way, and for ever when the connection was closed without an answer. */
  status: number | undefined;
  errorCode: string | undefined;
}

/** What tests read to count on the wire. */
export class RequestLog {
  readonly all: LoggedRequest[] = [];

  /** Requests of one operation, or all but health checks. */
  of(operation?: Operation): readonly LoggedRequest[] {
    return this.all.filter((one) =>
      operation === undefined ? one.operation !== 'Health' : one.operation === operation,
    );
  }

  count(operation?: Operation): number {
    return this.of(operation).length;
  }

  clear(): void {
    this.all.length = 0;
  }
}
