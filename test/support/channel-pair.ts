import type { Channel } from '../../src/api/index.ts';

/** One end of a channel within a process, with what was sent from it. */
export interface PairedChannel extends Channel {
  readonly sent: string[];
  readonly isClosed: () => boolean;
}

/** Two ends of one channel. A text arrives in a later turn of the event loop, in order, as between processes. */
export function channelPair(): readonly [PairedChannel, PairedChannel] {
  const ends = [makeEnd(), makeEnd()] as const;
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    setImmediate(() => ends.forEach((end) => end.closed()));
  };
  const channel = (own: End, other: End): PairedChannel => ({
    sent: own.sent,
    isClosed: () => isClosed,
    send(text) {
      if (isClosed) return;
      own.sent.push(text);
      setImmediate(() => other.text(text));
    },
    onText: (listener) => (own.text = listener),
    onClose: (listener) => (own.closed = listener),
    close,
  });
  return [channel(ends[0], ends[1]), channel(ends[1], ends[0])];
}

interface End {
  readonly sent: string[];
  text: (text: string) => void;
  closed: () => void;
}

function makeEnd(): End {
  return { sent: [], text: () => undefined, closed: () => undefined };
}
