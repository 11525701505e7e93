import type { Operation } from '../../../src/trial/s3/request.ts';
import type { ServedRequest } from '../../../src/trial/s3/served-request.ts';

/** What tests read to count on the wire. */
export class RequestLog {
  readonly all: ServedRequest[] = [];

  /** Requests of one operation, or all but health checks. */
  of(operation?: Operation): readonly ServedRequest[] {
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
