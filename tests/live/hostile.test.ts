import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERROR_STATUS } from "../../server/protocol/errors.ts";
import { times } from "../support/counts.ts";
import { type Dice, diceOf } from "../support/dice.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { maskedFrame, type RawSocket, rawSocket } from "../support/raw-sockets.ts";
import { type Client, connect, type Edge, follow, startEdge } from "../support/sockets.ts";

/** Clients that mean harm, or that are broken. The process is this one: what it does not catch fails the run. */
let edge: Edge;
let calm: Client;
const crashes: unknown[] = [];
const crash = (error: unknown) => void crashes.push(error);
beforeAll(async () => {
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  edge = await startEdge({ cinema: madeUpCinema(["sht_a", "sht_big"], 2_000) });
  calm = await connect(edge.url, "ses_calm");
});
afterAll(async () => {
  calm.close();
  await edge.close();
  process.off("uncaughtException", crash);
  process.off("unhandledRejection", crash);
});

async function expectAllWell(): Promise<void> {
  expect((await calm.do("hold:resume", { showtimeId: "sht_a" })).hold).toBeNull();
  expect(crashes).toEqual([]);
  expect(edge.logged).toEqual([]);
}

const EVENTS = [
  ...["showtime:join", "showtime:leave", "seats:hold", "hold:extend", "seats:release", "hold:resume"],
  ...["occupancy:watch", "seats:watch-details", "seats:best", "message", "", "error", "__proto__", "constructor"],
  ...["toString", "ping", "seats:changed", "x".repeat(2_000)],
];
const TEXTS = ["sht_a", "sht_none", "A1", "", "\u0000", "💺", "__proto__", "'; --", "x".repeat(500), "\ud800"];

function anything(dice: Dice, depth = 0): unknown {
  switch (dice.below(depth > 3 ? 6 : 9)) {
    case 0:
      return null;
    case 1:
      return dice.pick([0, -1, 1e308, 0.5, Number.MAX_SAFE_INTEGER, -0]);
    case 2:
      return dice.chance(0.5);
    case 3:
    case 4:
    case 5:
      return dice.pick(TEXTS);
    case 6:
      return Array.from({ length: dice.below(5) }, () => anything(dice, depth + 1));
    default:
      return anObject(dice, depth);
  }
}

function anObject(dice: Dice, depth: number): object {
  const names = ["requestId", "showtimeId", "seats", "hold", "access", "since", "epoch", "version", "from", "extra"];
  const fields = names.filter(() => dice.chance(0.4)).map((name) => [name, anything(dice, depth + 1)]);
  const text = JSON.stringify(Object.fromEntries(fields));
  return fields.length > 0 && dice.chance(0.1)
    ? JSON.parse(text.replace("{", '{"__proto__":{"ok":true},'))
    : JSON.parse(text);
}

/** What a handler takes, or one field away from it. */
function nearlyRight(dice: Dice): object {
  const payload: Record<string, unknown> = { showtimeId: dice.chance(0.8) ? "sht_a" : dice.pick(TEXTS) };
  if (dice.chance(0.7)) payload.requestId = `r${dice.below(9)}`;
  if (dice.chance(0.7)) payload.seats = [dice.pick(["A1", "A2", "Z1", "A99999"])];
  if (dice.chance(0.2)) payload.hold = dice.pick(TEXTS);
  if (dice.chance(0.2)) payload[dice.pick(["since", "seats", "requestId"])] = anything(dice);
  return payload;
}

/** Frames that a decoder may take, and frames that it may not. */
function aFrame(dice: Dice): string {
  const ack = dice.pick(["", "1", "77", "999999999999999999999", "-1"]);
  if (dice.chance(0.3))
    return `42${dice.below(99)}${JSON.stringify([dice.pick(EVENTS.slice(0, 7)), nearlyRight(dice)])}`;
  const packet = [dice.pick(EVENTS), ...Array.from({ length: dice.below(4) }, () => anything(dice))];
  const event = JSON.stringify(packet);
  switch (dice.below(40)) {
    case 0:
      return `${dice.below(10)}${dice.below(10)}${event}`;
    case 1:
      return `42${ack}${event.slice(0, dice.below(event.length))}`;
    case 2:
      return `42/admin,${ack}${event}`;
    case 3:
      return `45${dice.pick(["1-", "2-", "99-", "-", "x-"])}${event}`;
    case 4:
      return `43${ack}${event}`;
    case 5:
      return dice.pick([
        "",
        "4",
        "42",
        "421",
        "2",
        "3",
        "2probe",
        "5",
        "6",
        "b",
        "0",
        "1",
        "40",
        "41",
        "44{}",
        "42[]",
        "42[5]",
      ]);
    default:
      return `42${ack}${event}`;
  }
}

function brokenBytes(dice: Dice): Buffer {
  const bytes = Buffer.from(Array.from({ length: dice.below(64) }, () => dice.below(256)));
  switch (dice.below(4)) {
    case 0:
      return maskedFrame(dice.below(16), bytes);
    case 1:
      return Buffer.concat([Buffer.from([0x70 | dice.below(16), 0x80 | bytes.length]), Buffer.alloc(4), bytes]);
    case 2:
      return maskedFrame(1, bytes);
    default:
      return bytes;
  }
}

describe("malformed input", () => {
  it(
    "[D66] whatever is sent, every answer is coded, others are served and the process lives",
    async () => {
      const seed = Date.now() % 1e6;
      console.log(`fuzz seed ${seed}`);
      const dice = diceOf(seed);
      const codes = new Set<string>();
      const sockets: RawSocket[] = [];
      for (let sent = 0; sent < times(1_500, 10_000, 1_000_000); sent++) {
        let socket = sockets.at(-1);
        if (socket === undefined || socket.isClosed()) {
          socket = await rawSocket(edge.port, { token: `ses_fuzz_${sent}` });
          const { received } = socket;
          sockets.push(socket);
          socket.send(`422["hold:resume",{"showtimeId":"sht_nope"}]`);
          socket.send(`421["seats:hold",{"requestId":"known-${sent}","showtimeId":"sht_a","seats":["Z99"]}]`);
          // What it sends next may end it before it is answered: not the first.
          const isAnswered = () => received.filter((frame) => frame.startsWith("43")).length === 2;
          if (sockets.length === 1) await eventually(isAnswered, 10_000, "two answers");
        }
        const kind = dice.next();
        if (kind < 0.01) socket.write(brokenBytes(dice));
        else if (kind < 0.02) socket.sendBinary(Buffer.from(TEXTS.join("")));
        else socket.send(aFrame(dice));
        if (sent % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const socket of sockets) {
        socket.destroy();
        for (const frame of socket.received) {
          const code = /^43\d+\[\{"ok":false,"error":\{"code":"(\w+)"/.exec(frame)?.[1];
          if (code !== undefined) codes.add(code);
        }
      }
      console.log(`${sockets.length} sockets were cut; codes ${[...codes].join(" ")}`);
      for (const code of codes) expect(Object.keys(ERROR_STATUS)).toContain(code);
      for (const code of ["invalid_request", "not_found", "seat_unknown"]) expect(codes).toContain(code);
      expect(codes).not.toContain("internal");
      await eventually(() => edge.live.stats().connections === 1, 10_000, "the end of all fuzzing sockets");
      await expectAllWell();
    },
    times(60_000, 180_000, 3_600_000),
  );

  it.each([
    ["no payload", ["hold:resume"]],
    ["null", ["hold:resume", null]],
    ["a text", ["hold:resume", "sht_a"]],
    ["an array", ["hold:resume", [{ showtimeId: "sht_a" }]]],
    ["two objects", ["hold:resume", { showtimeId: "sht_a" }, {}]],
    ["an unknown field", ["hold:resume", { showtimeId: "sht_a", more: 1 }]],
    ["a wrong type", ["hold:resume", { showtimeId: 5 }]],
    ["a seat that is no text", ["seats:hold", { requestId: "r", showtimeId: "sht_a", seats: [1] }]],
    ["no seats", ["seats:hold", { requestId: "r", showtimeId: "sht_a", seats: [] }]],
    ["a request id too long", ["hold:extend", { requestId: "r".repeat(101), showtimeId: "sht_a" }]],
    ["a date that is none", ["occupancy:watch", { from: "yesterday" }]],
    ["an unknown event", ["seats:steal", {}]],
    ["an event like a property", ["__proto__", {}]],
  ])("[D67] %s is answered invalid_request with what is wrong", async (_, [event = "", ...payload]) => {
    const answer = await calm.raw(event as string, ...payload);
    expect(answer).toMatchObject({
      ok: false,
      error: { code: "invalid_request", errors: [{ path: expect.any(String), message: expect.any(String) }] },
    });
  });

  it("[D68] an event without an acknowledgement is done and answered nowhere", async () => {
    const viewer = follow(calm, "sht_a");
    await viewer.join();
    calm.socket.emit("seats:hold", { requestId: "quiet", showtimeId: "sht_a", seats: ["A1"] });
    calm.socket.emit("seats:hold", "nonsense");
    await eventually(() => viewer.map()?.states[0] === "H");
    await calm.do("seats:release", { requestId: "quiet-2", showtimeId: "sht_a" });
    await expectAllWell();
  });
});

describe("clients that do not read", () => {
  it("[D69] a viewer that stops reading falls behind alone, and gets the whole map when it reads again", async () => {
    const lazy = await rawSocket(edge.port, { token: "ses_lazy" });
    const viewer = follow(calm, "sht_big");
    await viewer.join();
    lazy.send('421["showtime:join",{"showtimeId":"sht_big"}]');
    await eventually(() => lazy.received.some((frame) => frame.startsWith("431")));
    lazy.stopReading();
    let isHeld = false;
    await eventually(
      async () => {
        for (let i = 0; i < 20; i++) lazy.send('422["showtime:join",{"showtimeId":"sht_big"}]');
        const event = isHeld ? "seats:release" : "seats:hold";
        isHeld = !isHeld;
        await calm.do(event, { requestId: `lazy-${Math.random()}`, showtimeId: "sht_big", seats: ["A7"] });
        return edge.live.stats().behind === 1;
      },
      20_000,
      "a client behind",
    );
    for (let i = 0; i < 4; i++) {
      const event = isHeld ? "seats:release" : "seats:hold";
      isHeld = !isHeld;
      await calm.do(event, { requestId: `lazy-${Math.random()}`, showtimeId: "sht_big", seats: ["A7"] });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(viewer.gaps).toBe(0);
    const from = lazy.received.length;
    lazy.readAgain();
    await eventually(() => edge.live.stats().behind === 0, 5_000, "a client that has caught up");
    const snapshot = await eventually(() =>
      lazy.received.slice(from).find((frame) => frame.startsWith('42["seats:snapshot"')),
    );
    const [, { epoch, version }] = JSON.parse(snapshot.slice(2)) as [string, { epoch: string; version: number }];
    const { version: now } = await calm.do("hold:resume", { showtimeId: "sht_big" });
    expect(epoch).toBe(viewer.map()?.epoch);
    expect(version).toBeLessThanOrEqual(now);
    await calm.do("seats:release", { requestId: "lazy-end", showtimeId: "sht_big" });
    lazy.destroy();
    await expectAllWell();
  });

  it("[D49] a client that asks and never reads is cut, and what waited for it is freed", async () => {
    const greedy = await rawSocket(edge.port, { token: "ses_greedy" });
    greedy.stopReading();
    const before = edge.live.stats().connections;
    await eventually(
      () => {
        for (let i = 0; i < 200; i++) greedy.send('421["showtime:join",{"showtimeId":"sht_big"}]');
        return edge.live.stats().connections === before - 1;
      },
      20_000,
      "the end of a greedy client",
    );
    greedy.destroy();
    await expectAllWell();
  });
});
