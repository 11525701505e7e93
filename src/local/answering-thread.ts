import { Worker, type Transferable } from 'node:worker_threads';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers questions: its program is sent `{ id, question }` and sends `{ id, answer }` back. It is started when
 * it is first asked, and keeps the process alive only while it works.
 */
export class AnsweringThread<Question, Answer> {
  readonly #program: string;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #lastId = 0;

  /** @param program kept as text, so that a bundle needs no second file. */
  constructor(program: string) {
    this.#program = program;
  }

  /** @param handedOver what of the question goes to the thread without being copied. */
  async ask(question: Question, handedOver: readonly Transferable[] = []): Promise<Answer> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      if (this.#waiting.size === 0) worker.ref();
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, question }, handedOver);
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { eval: true });
    worker.unref();
    worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: Answer }) => {
      this.#waiting.get(id)?.resolve(answer);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error: Error) => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return worker;
  }
}
