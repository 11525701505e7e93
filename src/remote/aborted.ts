/** The caller's signal fired. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';
}

export function calledOff(): AbortedError {
  return new AbortedError('The request was called off.');
}
