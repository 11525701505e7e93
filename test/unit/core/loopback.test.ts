import { expect, test } from 'vitest';
import { isLoopback } from '../../../src/core/loopback.ts';

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is this computer', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['127.evil.com', 'localhost.evil.com', '::1evil', '127.0.0.1.evil.com', '10.0.0.1', '0.0.0.0', ''])(
  '%s is not',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
