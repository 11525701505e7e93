import { EventEmitter } from 'node:events';
import type { EngineRequest } from '../../../main/engine-messages.ts';
import type { ParentPort } from '../../../main/engine-server.ts';
import type { StandInPort } from './ports.ts';

/** A utility process that does what the test says. */
export class StandInProcess extends EventEmitter {
  readonly program: string;
  readonly received: EngineRequest[] = [];
  /** The other side's `process.parentPort`. */
  readonly parentPort = new EventEmitter() as EventEmitter & ParentPort;
  readonly #ports: StandInPort[] = [];
  isKilled = false;

  constructor(program: string) {
    super();
    this.program = program;
  }

  postMessage(data: EngineRequest, ports: readonly StandInPort[] = []): void {
    this.received.push(data);
    this.#ports.push(...ports);
    // What is posted before the script listens waits for it.
    setImmediate(() => this.parentPort.emit('message', { data, ports }));
  }

  kill(): boolean {
    this.isKilled = true;
    this.exit(15);
    return true;
  }

  /** Ends, whoever wanted it, and takes its ports along. */
  exit(code: number): void {
    for (const port of this.#ports) port.close();
    this.emit('exit', code);
  }
}

/** All that were forked, in order. */
export const forked: StandInProcess[] = [];

/** What a process does when it starts. */
export const onFork: { run: (child: StandInProcess) => void } = { run: () => undefined };

export const utilityProcess = {
  fork(program: string): StandInProcess {
    const child = new StandInProcess(program);
    forked.push(child);
    onFork.run(child);
    return child;
  },
};
