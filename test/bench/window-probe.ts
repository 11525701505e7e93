import type { CDPSession, Page, WebSocket } from 'playwright-core';

/**
 * In the page: from when the browser took an input until the frame after it was handed over for painting. A message that is
 * posted from the last callback before painting arrives when the painting is done.
 */
const INPUT_PROBE = `
  globalThis.inputDelaysMs = [];
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => {
    for (const atMs of waiting.splice(0)) inputDelaysMs.push(performance.now() - atMs);
  };
  for (const type of ['pointerdown', 'click', 'keydown']) {
    addEventListener(type, ({ timeStamp, isTrusted }) => {
      if (!isTrusted) return;
      requestAnimationFrame(() => {
        waiting.push(timeStamp);
        channel.port2.postMessage(undefined);
      });
    }, { capture: true });
  }
`;

/** In the page: when each frame began, while something scrolls. */
const FRAME_PROBE = `
  globalThis.frameTimesMs = [];
  globalThis.areFramesCounted = true;
  const count = (atMs) => {
    if (!areFramesCounted) return;
    frameTimesMs.push(atMs);
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
`;

/** Frames while a list scrolled. */
export interface Frames {
  readonly perSecond: number;
  /** What the page's own thread computed for a frame: scripts, styles, layout and painting, however busy the machine is. */
  readonly computedMs: number;
  readonly longestMs: number;
  readonly count: number;
}

/** Watches a page from outside: what it gets, what it holds, and how soon it answers. */
export class WindowProbe {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #sampling: NodeJS.Timeout;
  /** By the second in which they came. */
  readonly #events = new Map<number, number>();
  #messages = 0;
  #receivedBytes = 0;
  #peakHeapBytes = 0;
  readonly #startMs = performance.now();

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
    page.on('websocket', (socket) => this.#listen(socket));
    this.#sampling = setInterval(() => void this.#sampleHeap(), 500);
  }

  /** To be called before the page goes anywhere. */
  static async attach(page: Page): Promise<WindowProbe> {
    await page.addInitScript(INPUT_PROBE);
    const session = await page.context().newCDPSession(page);
    // Of the thread, and not of the clock on the wall.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new WindowProbe(page, session);
  }

  /** Scrolls what is at a point downwards for some seconds, as a touchpad does. */
  async scroll(x: number, y: number, pixelsPerSecond: number, seconds: number): Promise<Frames> {
    await this.#page.evaluate(FRAME_PROBE);
    const computedBefore = await this.#computedMs();
    await this.#session.send('Input.synthesizeScrollGesture', {
      x,
      y,
      yDistance: -pixelsPerSecond * seconds,
      speed: pixelsPerSecond,
      gestureSourceType: 'mouse',
      preventFling: true,
    });
    const timesMs: number[] = await this.#page.evaluate('areFramesCounted = false; frameTimesMs');
    const computedMs = (await this.#computedMs()) - computedBefore;
    const gapsMs = timesMs.slice(1).map((atMs, index) => atMs - (timesMs[index] ?? atMs));
    const totalMs = gapsMs.reduce((sum, gapMs) => sum + gapMs, 0);
    return {
      perSecond: (gapsMs.length / totalMs) * 1_000,
      computedMs: computedMs / gapsMs.length,
      longestMs: Math.max(...gapsMs),
      count: gapsMs.length,
    };
  }

  async #computedMs(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  }

  /** Ends it. @returns all that was seen. */
  async end() {
    clearInterval(this.#sampling);
    await this.#sampleHeap();
    const inputDelaysMs: number[] = await this.#page.evaluate('inputDelaysMs');
    const seconds = (performance.now() - this.#startMs) / 1_000;
    const events = [...this.#events.values()];
    return {
      inputDelaysMs,
      peakHeapBytes: this.#peakHeapBytes,
      eventsPerSecond: events.reduce((sum, count) => sum + count, 0) / seconds,
      mostEventsInASecond: Math.max(0, ...events),
      messagesPerSecond: this.#messages / seconds,
      receivedBytesPerSecond: this.#receivedBytes / seconds,
    };
  }

  #listen(socket: WebSocket): void {
    socket.on('framereceived', ({ payload }) => {
      const text = String(payload);
      this.#messages += 1;
      this.#receivedBytes += text.length;
      // Answers are asked for; these are what the engine tells by itself.
      if (!text.startsWith('{"type":"item"')) return;
      const second = Math.floor((performance.now() - this.#startMs) / 1_000);
      this.#events.set(second, (this.#events.get(second) ?? 0) + 1);
    });
  }

  async #sampleHeap(): Promise<void> {
    const usage = await this.#session.send('Runtime.getHeapUsage').catch(() => undefined);
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, usage?.usedSize ?? 0);
  }
}
