import type { ReadStream } from 'node:tty';
import type { Writable } from 'node:stream';
import type { Prompt } from './io.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const ENDS = ['\n', '\r', CTRL_C, CTRL_D];
const BACKSPACES = ['\x7f', '\b'];

/** Questions at a real terminal, written to `output`. `onInterrupt` is called for a Ctrl-C that the terminal does not raise. */
export function terminalPrompt(
  input: Pick<ReadStream, 'setRawMode' | 'on' | 'off' | 'resume' | 'pause' | 'setEncoding'>,
  output: Writable,
  onInterrupt: () => void,
): Prompt {
  return {
    line: (question, signal) => ask(question, signal, false),
    hidden: (question, signal) => ask(question, signal, true),
  };

  async function ask(question: string, signal: AbortSignal, isHidden: boolean): Promise<string | undefined> {
    input.setEncoding('utf8');
    // Before the question, so that not even what is pasted at once shows.
    if (isHidden) input.setRawMode(true);
    output.write(question);
    try {
      return await readLine(signal);
    } finally {
      if (isHidden) {
        input.setRawMode(false);
        output.write('\n');
      }
    }
  }

  function readLine(signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const typed: string[] = [];
      const end = (answer: string | undefined) => {
        input.off('data', onData);
        input.off('end', onEnd);
        signal.removeEventListener('abort', onEnd);
        input.pause();
        resolve(answer);
      };
      const onEnd = () => {
        end(undefined);
      };
      const onData = (chunk: string) => {
        for (const character of chunk) {
          if (character === CTRL_C) onInterrupt();
          if (ENDS.includes(character)) {
            const isAnswer = character === '\n' || character === '\r';
            // At the end of input a line without its end is an answer too.
            end(isAnswer || (character === CTRL_D && typed.length > 0) ? typed.join('') : undefined);
            return;
          }
          if (BACKSPACES.includes(character)) typed.pop();
          else typed.push(character);
        }
      };
      input.on('data', onData);
      input.on('end', onEnd);
      signal.addEventListener('abort', onEnd);
      if (signal.aborted) onEnd();
      else input.resume();
    });
  }
}
