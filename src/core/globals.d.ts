/**
 * The part of the platform's AbortSignal that core's interfaces speak of. Core is compiled without Node's and the DOM's
 * types; every other layer sees the platform's own declaration, which has all of this.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
