import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';

/** The one real server that the whole test run shares; global-setup.ts starts and stops it. */
export interface SharedServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly name: string;
  readonly version: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    realServer: SharedServer | undefined;
  }
}

/** The shared real server, or undefined where none could be had: skip the test then. */
export function realServer(): SharedServer | undefined {
  return inject('realServer');
}

/** A bucket name that no other test uses. */
export function uniqueBucket(label = 'test'): string {
  return `${label}-${randomBytes(6).toString('hex')}`;
}
