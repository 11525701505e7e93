import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Output } from '../../../src/cli/output.ts';
import { settle } from './fake-host.ts';

/** Output to one terminal, with everything that reaches it in order. */
function terminal(options: { quiet?: boolean; json?: boolean } = {}) {
  let shown = '';
  const stream = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        shown += chunk.toString();
        done();
      },
    });
  const out = new Output({
    stdout: stream(),
    stderr: stream(),
    json: false,
    quiet: false,
    language: 'en',
    colours: { stdout: false, stderr: false },
    redraws: true,
    columns: () => 20,
    onStdoutGone: (error) => {
      throw error;
    },
    ...options,
  });
  return { out, shown: () => shown };
}

const CLEAR = '\r\x1b[2K';

test('lines never run into the line that is drawn over', async () => {
  const { out, shown } = terminal();
  out.status('working');
  await out.line('first');
  await out.line('second');
  await settle();
  await out.note('a note');
  out.status('still working, and for a long time');
  await out.line('third');
  await out.end();
  expect(shown()).toBe(
    [
      `working${CLEAR}first\nsecond\nworking${CLEAR}a note\nworking`,
      `${CLEAR}still working, and…`,
      // Taken away first, so that what was gathered comes on a free line.
      `${CLEAR}third\n`,
    ].join(''),
  );
});

test('results and messages keep their order', async () => {
  const { out, shown } = terminal();
  await out.line('result');
  await out.note('message');
  await out.line('result');
  await out.warn('warning');
  expect(shown()).toBe('result\nmessage\nresult\nwarning\n');
});

test('lines do not wait for the end of the program', async () => {
  const { out, shown } = terminal();
  void out.line('soon');
  await settle();
  expect(shown()).toBe('soon\n');
});

test.each([{ quiet: true }, { json: true }])('no status line with %j', async (options) => {
  const { out, shown } = terminal(options);
  out.status('working');
  await out.end();
  expect(shown()).toBe('');
});
