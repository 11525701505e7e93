import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { connectClient, type RemoteClient } from '../src/api/index.ts';
import { DISK_THREADS } from '../src/core/disk-threads.ts';
import type { Log } from '../src/core/environment.ts';
import type { EngineRequest } from './engine-messages.ts';
import { portChannel } from './port-channel.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** An engine that lived for so long was well; the next crash is another one. */
const HEALTHY_MS = 60_000;
/** A stop is waited for so long. What a killed engine leaves is found and finished at the next start. */
const STOP_MS = 15_000;

interface Waiting {
  readonly request: EngineRequest;
  readonly port: MessagePortMain;
}

/** The process of the engine: started, started again after a crash, and ended. */
export class EngineHost {
  readonly #program: string;
  readonly #log: Log;
  readonly #onLost: () => void;
  #child: UtilityProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = FIRST_WAIT_MS;
  #stopping: Promise<void> | undefined;
  /** Asked for while there was no process. */
  readonly #waiting: Waiting[] = [];

  /**
   * @param program the path of the engine process's script.
   * @param onLost called when a process ended by itself.
   */
  constructor(program: string, log: Log, onLost: () => void) {
    this.#program = program;
    this.#log = log;
    this.#onLost = onLost;
  }

  start(): void {
    if (this.#child !== undefined || this.#stopping !== undefined) return;
    this.#timer = undefined;
    const startedMs = performance.now();
    const child = utilityProcess.fork(this.#program, [], {
      serviceName: 'RustFS Sync engine',
      stdio: 'inherit',
      // In its environment from the start: what Electron does before it reads the script may use the thread pool already.
      env: { UV_THREADPOOL_SIZE: DISK_THREADS, ...process.env },
    });
    this.#child = child;
    child.on('exit', (code) => {
      this.#child = undefined;
      if (this.#stopping !== undefined) return;
      if (performance.now() - startedMs > HEALTHY_MS) this.#waitMs = FIRST_WAIT_MS;
      this.#log.error('The engine’s process ended by itself', { code, nextStartMs: this.#waitMs });
      this.#timer = setTimeout(() => this.start(), this.#waitMs);
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
      this.#onLost();
    });
    for (const { request, port } of this.#waiting.splice(0)) child.postMessage(request, [port]);
  }

  /** Passes a request on with the port on which it is answered. Without a process it waits for the next one. */
  send(request: EngineRequest, port: MessagePortMain): void {
    if (this.#stopping !== undefined) port.close();
    else if (this.#child === undefined) this.#waiting.push({ request, port });
    else this.#child.postMessage(request, [port]);
  }

  /** A request of the main process itself. @returns the near end of its port. */
  ask(request: EngineRequest): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.send(request, port2);
    return port1;
  }

  /** A client of the engine, for as long as the present process lives. */
  connect(): RemoteClient {
    return connectClient(portChannel(this.ask({ type: 'connect' })));
  }

  /** Ends the engine, and does not start it again. Resolves when its process is gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    for (const { port } of this.#waiting.splice(0)) port.close();
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const late = setTimeout(() => {
      this.#log.error('The engine did not end in time and was killed');
      child.kill();
    }, STOP_MS);
    child.postMessage({ type: 'stop' } satisfies EngineRequest);
    await gone;
    clearTimeout(late);
  }
}
