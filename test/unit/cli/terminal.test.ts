import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { terminalPrompt } from '../../../src/cli/terminal.ts';

/** A terminal's input that records whether it echoes. */
class FakeInput extends EventEmitter {
  isRaw = false;
  isReading = false;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  setEncoding(): this {
    return this;
  }
  resume(): this {
    this.isReading = true;
    return this;
  }
  pause(): this {
    this.isReading = false;
    return this;
  }
  type(text: string): void {
    this.emit('data', text);
  }
}

function terminal() {
  const input = new FakeInput();
  let shown = '';
  let interrupts = 0;
  let wasRaw: boolean | undefined;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      wasRaw ??= input.isRaw;
      shown += chunk.toString();
      done();
    },
  });
  // The fake has the parts of a terminal that are used.
  const prompt = terminalPrompt(input as unknown as Parameters<typeof terminalPrompt>[0], output, () => interrupts++);
  return { input, prompt, shown: () => shown, wasRawAtQuestion: () => wasRaw, interrupts: () => interrupts };
}

const NEVER = new AbortController().signal;

test('a secret is read key by key without showing, and the terminal is set back', async () => {
  const { input, prompt, shown, wasRawAtQuestion } = terminal();
  const answer = prompt.hidden('Secret key: ', NEVER);
  expect(wasRawAtQuestion()).toBe(true);
  expect([input.isRaw, input.isReading]).toEqual([true, true]);
  input.type('sé');
  input.type('x\x7f');
  input.type('🙂\x7fcret\r');
  expect(await answer).toBe('sécret');
  expect(shown()).toBe('Secret key: \n');
  expect([input.isRaw, input.isReading, input.listenerCount('data')]).toEqual([false, false, 0]);
});

test('a question leaves the echo to the terminal', async () => {
  const { input, prompt, shown } = terminal();
  const answer = prompt.line('Delete? ', NEVER);
  expect(input.isRaw).toBe(false);
  input.type('y\n');
  expect(await answer).toBe('y');
  expect(shown()).toBe('Delete? ');
});

test('Ctrl-C while a secret is typed is an interrupt', async () => {
  const { input, prompt, interrupts } = terminal();
  const answer = prompt.hidden('Secret key: ', NEVER);
  input.type('sec\x03');
  expect(await answer).toBeUndefined();
  expect([interrupts(), input.isRaw]).toEqual([1, false]);
});

test('the end of the input and a signal end the question without an answer', async () => {
  const ended = terminal();
  const first = ended.prompt.line('? ', NEVER);
  ended.input.emit('end');
  expect(await first).toBeUndefined();

  const stopped = terminal();
  const stop = new AbortController();
  const second = stopped.prompt.hidden('? ', stop.signal);
  stop.abort();
  expect(await second).toBeUndefined();
  expect(stopped.input.isRaw).toBe(false);
});
