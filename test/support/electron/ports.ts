import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Electron's MessagePortMain over one of Node's. Made to flow by `start`, as there. */
export class StandInPort extends EventEmitter {
  readonly #port: MessagePort;
  isClosed = false;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('close', () => {
      this.isClosed = true;
      this.emit('close');
    });
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  start(): void {
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }

  close(): void {
    this.#port.close();
  }
}

export class MessageChannelMain {
  readonly port1: StandInPort;
  readonly port2: StandInPort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    // A test that is over is not kept by what it left open.
    port1.unref();
    port2.unref();
    this.port1 = new StandInPort(port1);
    this.port2 = new StandInPort(port2);
  }
}
