import { describe, expect, it } from 'vitest';
import { attachment } from '../../../src/core/attachment.ts';

describe('the name of a download', () => {
  it.each([
    ['plain.txt', 'attachment; filename="plain.txt"'],
    ['a "b" \\c.txt', `attachment; filename="a _b_ _c.txt"; filename*=UTF-8''a%20%22b%22%20%5Cc.txt`],
    ["it's (1)*.txt", `attachment; filename="it's (1)*.txt"`],
    ["ü's (1)*.txt", `attachment; filename="_'s (1)*.txt"; filename*=UTF-8''%C3%BC%27s%20%281%29%2A.txt`],
    ['50%.txt', `attachment; filename="50_.txt"; filename*=UTF-8''50%25.txt`],
    ['a\r\nb', `attachment; filename="a__b"; filename*=UTF-8''a%0D%0Ab`],
    ['🙂\ud800', `attachment; filename="__"; filename*=UTF-8''%F0%9F%99%82%EF%BF%BD`],
  ])('%s', (name, expected) => {
    expect(attachment(name)).toBe(expected);
  });
});
