import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { createBucket } from "../../server/live/bucket.ts";
import type { Connection, Connections } from "../../server/live/connection.ts";
import { createAddressReader } from "../../server/live/origins.ts";
import { createOutlet } from "../../server/live/outlet.ts";
import { createPatrol } from "../../server/live/patrol.ts";
import { sharedRun } from "../../server/live/shared.ts";
import { encodeEvent, textFrame, type Wire } from "../../server/live/wire.ts";
import { guest } from "../support/sockets.ts";

const frame = encodeEvent("server:closing", { reconnectInMs: 1 });

/** A connection whose client reads when it is told to. */
function slowWire() {
  const wire = Object.assign(new EventEmitter(), {
    remoteAddress: "",
    readyState: "open",
    writeBuffer: [] as unknown[],
    cuts: 0,
    write: (text: string) => wire.writeBuffer.push(text),
    close() {},
    transport: {
      socket: {
        terminate: () => {
          wire.cuts++;
        },
        once() {},
      },
    },
    drain() {
      wire.writeBuffer.splice(0);
      wire.emit("drain");
    },
  });
  return wire;
}

describe("a client that does not read", () => {
  it("[D69] gets nothing more of a topic until it reads, then one resync; other topics alike", () => {
    const wire = slowWire();
    const outlet = createOutlet(wire as unknown as Wire);
    const [seats, counts] = [{ resync: vi.fn() }, { resync: vi.fn() }];
    for (let i = 0; i < 500; i++) outlet.follow(frame, seats);
    outlet.follow(frame, counts);
    expect(wire.writeBuffer.length).toBeLessThan(100);
    expect(outlet.behindSince()).not.toBeNull();
    wire.drain();
    expect([seats.resync.mock.calls.length, counts.resync.mock.calls.length]).toEqual([1, 1]);
    expect(outlet.behindSince()).toBeNull();
    outlet.follow(frame, seats);
    expect(wire.writeBuffer).toHaveLength(1);
  });

  it("[D49] is cut when what must not be left out piles up", () => {
    const wire = slowWire();
    const outlet = createOutlet(wire as unknown as Wire);
    for (let i = 0; i < 600; i++) outlet.send(frame);
    expect(wire.writeBuffer.length).toBeLessThanOrEqual(512);
    expect(wire.cuts).toBeGreaterThan(0);
    expect(outlet.isOverrun()).toBe(true);
  });

  it("[D69] is cut when it has been behind for 15 s", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const wire = slowWire();
    const outlet = createOutlet(wire as unknown as Wire);
    for (let i = 0; i < 100; i++) outlet.follow(frame, { resync() {} });
    const cut = vi.fn();
    const connection = { outlet, cut, principal: guest("ses_1") } as unknown as Connection;
    const patrol = createPatrol({
      connections: { all: () => [connection] } as unknown as Connections,
      trust: { prove: async () => ({ ok: true }) },
      clock: { now: () => Date.now() },
      logger: { warn() {}, error() {} },
      onCut() {},
    });
    vi.advanceTimersByTime(14_000);
    await patrol.round();
    expect(cut).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    await patrol.round();
    expect(cut).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });
});

describe("small parts of the edge", () => {
  it("[D28] frames are those of RFC 6455: final, text, unmasked, shortest length", () => {
    for (const [length, header] of [
      [0, [0x81, 0]],
      [125, [0x81, 125]],
      [126, [0x81, 126, 0, 126]],
      [65_535, [0x81, 126, 0xff, 0xff]],
      [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    ] as const) {
      const bytes = textFrame("x".repeat(length));
      expect([...bytes.subarray(0, header.length)]).toEqual(header);
      expect(bytes.length).toBe(header.length + length);
    }
    expect(textFrame("ñ€").subarray(2).toString()).toBe("ñ€");
    expect(textFrame("ñ€")[1]).toBe(5);
  });

  it("[D43] a bucket gives its burst, then its rate, and never more than its burst again", () => {
    let now = 0;
    const bucket = createBucket({ burst: 3, perSecond: 2 }, () => now);
    const take = (times: number) => Array.from({ length: times }, bucket.take);
    expect(take(4)).toEqual([true, true, true, false]);
    expect(bucket.debt()).toBe(1);
    now += 1_000;
    expect(take(2)).toEqual([true, false]);
    now += 60_000;
    expect(take(4)).toEqual([true, true, true, false]);
  });

  it("[D45] the client's address is the connection's, or the last one before the trusted proxies", () => {
    const read = createAddressReader(["10.0.0.0/8", "loopback", "2001:db8::1", "not an address"]);
    const from = (remoteAddress: string, forwarded?: string) =>
      read({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } } as never);
    expect(from("192.0.2.1", "198.51.100.7")).toBe("192.0.2.1");
    expect(from("::ffff:127.0.0.1", "198.51.100.7")).toBe("198.51.100.7");
    expect(from("10.1.2.3", "198.51.100.7, 10.9.9.9")).toBe("198.51.100.7");
    expect(from("10.1.2.3", "203.0.113.9, 198.51.100.7")).toBe("198.51.100.7");
    expect(from("10.1.2.3", "nonsense")).toBe("10.1.2.3");
    expect(from("10.1.2.3")).toBe("10.1.2.3");
    expect(from("2001:db8::1", "2001:db8::77")).toBe("2001:db8::77");
  });

  it("[D23] a shared question is asked after the call, once for all that wait", async () => {
    let begun = 0;
    const finish: (() => void)[] = [];
    const ask = sharedRun(() => {
      begun++;
      return new Promise((resolve) => finish.push(resolve));
    });
    const first = ask();
    const [second, third] = [ask(), ask()];
    expect(begun).toBe(1);
    finish.shift()?.();
    await first;
    expect(begun).toBe(2);
    finish.shift()?.();
    await Promise.all([second, third]);
    expect(begun).toBe(2);
  });
});
