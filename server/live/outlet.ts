import { cutWire, type Frame, type Wire } from "./wire.ts";

/** Something that one socket follows: a seat map, a list of counts. */
export interface Topic {
  /** Sends everything anew: the socket missed something and reads again. */
  resync(): void;
}

/** The way out to one socket. It never queues without bound for a client that stopped reading. */
export interface Outlet {
  /**
   * Sends what belongs to a topic. A client that does not read falls behind: it gets nothing more of
   * the topic until it reads again, then one `resync`.
   */
  follow(frame: Frame, topic: Topic): void;
  /** Sends what must not be left out. Cuts a client that lets such messages pile up. */
  send(frame: Frame): void;
  /** Whether the queue to this client is so long that it should be cut. */
  isOverrun(): boolean;
  /** Since when the client has been behind, in milliseconds of the process' clock; null when it is not. */
  behindSince(): number | null;
}

/** Messages that wait for a client before it counts as not reading: three seconds of a busy seat map. */
const BEHIND_AT_MESSAGES = 64;
/** Answers and notices that may wait before the client is cut: it asks and never reads. */
const OVERRUN_AT_MESSAGES = 512;

export function createOutlet(wire: Wire): Outlet {
  const behind = new Set<Topic>();
  let since: number | null = null;

  function fallBehind(topic: Topic): void {
    behind.add(topic);
    if (since !== null) return;
    since = performance.now();
    wire.once("drain", catchUp);
  }

  function catchUp(): void {
    const topics = [...behind];
    behind.clear();
    since = null;
    for (const topic of topics) topic.resync();
  }

  return {
    follow(frame, topic) {
      if (behind.size > 0 && behind.has(topic)) return;
      if (wire.writeBuffer.length >= BEHIND_AT_MESSAGES) fallBehind(topic);
      else wire.write(frame.text, frame.options);
    },
    send(frame) {
      if (wire.writeBuffer.length >= OVERRUN_AT_MESSAGES) cutWire(wire);
      else wire.write(frame.text, frame.options);
    },
    isOverrun: () => wire.writeBuffer.length >= OVERRUN_AT_MESSAGES,
    behindSince: () => since,
  };
}
