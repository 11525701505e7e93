import { Worker, type Transferable } from 'node:worker_threads';

/** A question to a thread, or its answer, under its number. */
export interface Numbered<T> {
  readonly id: number;
  readonly content: T;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers questions. Its program is sent arrays of numbered questions, and sends such of answers back. It is
 * started when it is first asked, and keeps the process alive only while it works.
 */
export class AnsweringThread<Question, Answer> {
  readonly #program: string;
  readonly #data: unknown;
  readonly #gatherMs: number | undefined;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #lastId = 0;
  #next: Numbered<Question>[] = [];
  #handedOver: Transferable[] = [];

  /**
   * @param program kept as text, so that a bundle needs no second file.
   * @param data its `workerData`.
   * @param gatherMs how long questions wait for others that go with them; undefined: no longer than what is at hand takes.
   */
  constructor(program: string, { data, gatherMs }: { readonly data?: unknown; readonly gatherMs?: number } = {}) {
    this.#program = program;
    this.#data = data;
    this.#gatherMs = gatherMs;
  }

  /** @param handedOver what of the question goes to the thread without being copied. */
  async ask(question: Question, handedOver: readonly Transferable[] = []): Promise<Answer> {
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      if (this.#next.length === 0) this.#sendSoon();
      this.#next.push({ id, content: question });
      this.#handedOver.push(...handedOver);
      this.#waiting.set(id, { resolve, reject });
    });
  }

  #sendSoon(): void {
    if (this.#gatherMs === undefined) setImmediate(() => this.#send());
    else setTimeout(() => this.#send(), this.#gatherMs);
  }

  #send(): void {
    if (this.#next.length === 0) return;
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    worker.postMessage(this.#next, this.#handedOver);
    this.#next = [];
    this.#handedOver = [];
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { eval: true, workerData: this.#data });
    worker.on('message', (answers: readonly Numbered<Answer>[]) => {
      for (const { id, content } of answers) {
        this.#waiting.get(id)?.resolve(content);
        this.#waiting.delete(id);
      }
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (error: Error) => this.#ended(worker, error));
    // It may end without an error, too.
    worker.on('exit', (code) => this.#ended(worker, new Error(`A thread ended with code ${code}.`)));
    return worker;
  }

  #ended(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    // Whoever is told that it failed must not see it done later.
    this.#next = [];
    this.#handedOver = [];
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
