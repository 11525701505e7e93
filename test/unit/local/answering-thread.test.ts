import { expect, test } from 'vitest';
import { AnsweringThread } from '../../../src/local/answering-thread.ts';

/** Answers with what it was asked, all that came together at once, and dies of one word or leaves at another. */
const ECHO = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (questions) => {
  if (questions.some(({ content }) => content === 'die')) throw new Error('It died.');
  if (questions.some(({ content }) => content === 'leave')) process.exit(3);
  parentPort.postMessage(questions.map(({ id, content }) => ({ id, content: content + ' of ' + questions.length })));
});
`;

test('questions of one moment go together, and each gets its own answer', async () => {
  const thread = new AnsweringThread<string, string>(ECHO, { gatherMs: 1 });
  const answers = await Promise.all(['a', 'b', 'c'].map((word) => thread.ask(word)));
  expect(answers).toEqual(['a of 3', 'b of 3', 'c of 3']);
});

test('those who wait when it dies are told, and the next one finds a new thread', async () => {
  const thread = new AnsweringThread<string, string>(ECHO);
  const told = await Promise.allSettled(['a', 'die'].map((word) => thread.ask(word)));
  expect(told).toMatchObject([{ reason: { message: 'It died.' } }, { reason: { message: 'It died.' } }]);
  expect(await thread.ask('again')).toBe('again of 1');
});

test('those who wait when it ends without an error are told, too', async () => {
  const thread = new AnsweringThread<string, string>(ECHO);
  await expect(thread.ask('leave')).rejects.toThrow('A thread ended with code 3.');
  expect(await thread.ask('again')).toBe('again of 1');
});

test('a question that had not gone when it died is not asked of the next one', async () => {
  const thread = new AnsweringThread<string, string>(ECHO, { gatherMs: 50 });
  await thread.ask('begin');
  const dying = expect(thread.ask('die')).rejects.toThrow('It died.');
  // Asked anew whenever the one before has failed: one of them waits to go when the death is heard of.
  const asked = setInterval(() => void thread.ask('late').catch(() => late.push('failed')), 1);
  const late: string[] = [];
  await dying;
  clearInterval(asked);
  expect(late.length).toBeGreaterThan(0);
  expect(await thread.ask('after')).toBe('after of 1');
});
