import type { HandleOptions } from './http-handler.ts';

/** Request options with a signal, where there is one. */
export function until(
  signal: AbortSignal | undefined,
  options: Omit<HandleOptions, 'abortSignal'> = {},
): HandleOptions {
  return signal === undefined ? options : { ...options, abortSignal: signal };
}
