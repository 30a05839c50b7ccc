/**
 * Generated histories: Redis against the memory adapter as the model.
 *
 * Each command runs on Redis first; the model's clock is then set to the moment that Redis says it ran
 * at, so that answers can be compared exactly, deadlines included, even where holds end on the way.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countStates, type MapPosition } from "../../server/protocol/states.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { MapAnswer, MapMessage, SeatMap } from "../../server/seatmap/port.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type Adapter, accepted, newShowtimeId, redisAdapter } from "../support/seatmap.ts";
import { HOUR_MS, SEATS, type Step, step, toBooking } from "../support/seatmap-steps.ts";

/** Nothing may fall due this soon after a command that does not say when it ran. */
const QUIET_MS = 300;

/** Epochs are random: what counts is which load they came from. */
function createEpochs() {
  const names = new Map<string, string>();
  return {
    note: (epoch: string) => void names.set(epoch, `epoch ${names.size}`),
    plain: <T>(value: T): T => {
      let text = JSON.stringify(value);
      for (const [epoch, name] of names) text = text.replaceAll(epoch, name);
      return JSON.parse(text) as T;
    },
  };
}

/** One map under the history: the real one or the model. */
function createSide(map: SeatMap) {
  const epochs = createEpochs();
  const positions: MapPosition[] = [];
  const messages: MapMessage[] = [];
  return {
    map,
    epochs,
    positions,
    messages,
    lastEpoch: "",
  };
}
type Side = ReturnType<typeof createSide>;

/** What both sides need to know to send the same command. */
interface Known {
  showtimeId: string;
  count: number;
  /** Latest token per session, and the latest of all. */
  tokens: Map<string, string>;
  last: string;
  seats: Map<string, number[]>;
}

function tokenOf(known: Known, which: string, sessionId: string): string | undefined {
  if (which === "own") return known.tokens.get(sessionId) ?? "bogus";
  if (which === "last") return known.last;
  return which === "none" ? undefined : "bogus";
}

/** Runs one step on one side. Null: nothing to compare. */
async function run(side: Side, known: Known, act: Step, map: SeatMap): Promise<MapAnswer<unknown> | null> {
  const { showtimeId, count } = known;
  switch (act.do) {
    case "hold": {
      const { session: sessionId, seats: wanted, ttlMs: ttl, requestId: id } = act;
      const hold = tokenOf(known, act.token, sessionId);
      const payloadHash = JSON.stringify(["hold", wanted, act.over]);
      const common = { showtimeId, sessionId, seats: wanted, hold, requestId: id, payloadHash };
      const { over } = act;
      return map.hold({ ...common, freshToken: `token ${count}`, ttlMs: ttl, capMs: HOUR_MS + 5, maxSeats: 4, over });
    }
    case "extend":
      return map.extend({
        showtimeId,
        sessionId: act.session,
        requestId: act.requestId,
        payloadHash: "e",
        ttlMs: act.ttlMs,
      });
    case "release": {
      const { session: sessionId, requestId: id, seats: given } = act;
      const common = { showtimeId, sessionId, requestId: id, payloadHash: JSON.stringify(["release", given]) };
      return map.release({ ...common, hold: tokenOf(known, act.token, sessionId), seats: given ?? undefined });
    }
    case "firstAnswer":
      return map.firstAnswer({ showtimeId, sessionId: act.session, requestId: act.requestId, payloadHash: "e" });
    case "holdOf":
      return map.holdOf({ showtimeId, sessionId: act.session });
    case "beginPayment": {
      const { session: sessionId, booking: bookingId, windowMs } = act;
      const hold = tokenOf(known, act.token, sessionId) ?? known.tokens.get(sessionId) ?? "bogus";
      return map.beginPayment({
        ...{ showtimeId, sessionId, hold, bookingId, windowMs },
        seats: act.all ? (known.seats.get(hold) ?? []) : [0],
      });
    }
    case "settle":
      return map.settle({ showtimeId, booking: toBooking(act.booking) });
    case "endPayment": {
      const { booking: bookingId, version: bookingVersion, graces, minLeftMs } = act;
      const back = {
        ...{ token: `back ${count}`, sessionId: "ann", expiresAt: 1e12, capAt: 4e12, graces, minLeftMs },
        maxGraces: 2,
      };
      return map.endPayment({ showtimeId, bookingId, version: bookingVersion, ...(act.back ? { back } : {}) });
    }
    case "expire":
      return map.expire(showtimeId);
    case "snapshot":
      return map.snapshot(showtimeId);
    case "holders":
      return map.holders(showtimeId);
    case "since": {
      const position = side.positions.at(-1 - act.back) ?? { epoch: "none", version: 1 };
      return map.since(showtimeId, position);
    }
    case "load":
    case "beginLoad": {
      const { epoch } = await map.beginLoad({ showtimeId, seatCount: SEATS, layoutVersion: 1, keepMs: HOUR_MS });
      side.epochs.note(epoch);
      side.lastEpoch = epoch;
      if (act.do === "load") await map.finishLoad({ showtimeId, epoch, bookings: act.bookings.map(toBooking) });
      return null;
    }
    case "wait":
      return null;
  }
}

/** What can be known of the answer for later commands. */
function learn(known: Known, answer: MapAnswer<unknown> | null): void {
  if (answer === null || !answer.ok) return;
  const hold = (answer as { hold?: { token: string; sessionId: string; seats: number[] } | null }).hold;
  if (hold === undefined || hold === null) return;
  known.tokens.set(hold.sessionId, hold.token);
  known.seats.set(hold.token, hold.seats);
  known.last = hold.token;
}

/** Notices of one command have no order among sessions. */
function told(side: Side) {
  const plain = side.epochs.plain(side.messages);
  const only = (isPublic: boolean) =>
    plain
      .filter(({ kind }) => isPublic === (kind === "changed" || kind === "reset"))
      .map((message) => JSON.stringify(message));
  return { public: only(true), private: only(false).sort() };
}

describe.skipIf(!redisAdapter.isHere)("seat map histories", () => {
  let adapter: Adapter;
  beforeAll(async () => {
    adapter = await redisAdapter.open();
  });
  afterAll(() => adapter?.close());

  async function play(history: Step[]): Promise<void> {
    let modelTime = await adapter.map.now();
    const model = createSide(createMemorySeatMap({ monotonic: () => modelTime, wall: () => modelTime }));
    const real = createSide(adapter.map);
    const known: Known = { showtimeId: newShowtimeId(), count: 0, tokens: new Map(), last: "bogus", seats: new Map() };
    const { showtimeId } = known;
    const unwatch = await adapter.other.watch(showtimeId, (message) => real.messages.push(message));
    await model.map.watch(showtimeId, (message) => model.messages.push(message));

    /** Lets what is due soon end first, on both sides: then it does not matter when exactly the next command runs. */
    async function becomeQuiet(): Promise<void> {
      for (;;) {
        const answer = await adapter.map.expire(showtimeId);
        if (answer.at !== undefined) modelTime = answer.at;
        const expected = await model.map.expire(showtimeId);
        expect(real.epochs.plain(answer)).toEqual(model.epochs.plain(expected));
        if (!answer.ok || answer.nextDue === null || answer.nextDue > answer.at + QUIET_MS) return;
        await adapter.passes(answer.nextDue - answer.at);
      }
    }

    const asked = new Set<string>();
    for (const act of [{ do: "load" as const, bookings: [] }, ...history]) {
      known.count++;
      if (act.do === "wait") await adapter.passes(act.ms);
      // A remembered answer tells the time of the first, a load none at all.
      const isRepeat = "requestId" in act && asked.has(`${act.session} ${act.requestId}`);
      if (isRepeat || act.do === "load" || act.do === "beginLoad") await becomeQuiet();
      if ("requestId" in act) asked.add(`${act.session} ${act.requestId}`);

      const answer = await run(real, known, act, known.count % 2 === 0 ? adapter.other : adapter.map);
      if (answer?.at !== undefined && answer.at > modelTime) modelTime = answer.at;
      const expected = await run(model, known, act, model.map);
      expect({ act, answer: real.epochs.plain(answer) }).toEqual({ act, answer: model.epochs.plain(expected) });
      if (answer?.position !== undefined) real.positions.push(answer.position);
      if (expected?.position !== undefined) model.positions.push(expected.position);
      learn(known, answer);
    }
    await becomeQuiet();
    const open = (side: Side) => side.map.finishLoad({ showtimeId, epoch: side.lastEpoch, bookings: [] });
    expect([await open(real), await open(model)]).toEqual([true, true]);
    await becomeQuiet();
    await compareEnds(real, model, showtimeId);
    unwatch();
  }

  /** Compares everything there is to see. */
  async function compareEnds(real: Side, model: Side, showtimeId: string) {
    const { at: _at, ...snapshot } = accepted(await real.map.snapshot(showtimeId)).snapshot;
    const { at: _modelAt, ...expected } = accepted(await model.map.snapshot(showtimeId)).snapshot;
    expect(real.epochs.plain(snapshot)).toEqual(model.epochs.plain(expected));
    const { holders } = accepted(await real.map.holders(showtimeId));
    expect(holders).toEqual(accepted(await model.map.holders(showtimeId)).holders);
    expect(snapshot.counts).toEqual(countStates(snapshot.states));
    expect(holders.map(({ index }) => index)).toEqual(
      [...snapshot.states].flatMap((state, index) => (state === "A" ? [] : [index])),
    );
    await eventually(() => real.messages.length >= model.messages.length);
    expect(told(real)).toEqual(told(model));
  }

  test("[H14] [H27] [H33] [D3] Redis answers every generated history as the model does", async () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.info(`seat map histories: SEED=${seed}`);
    const history = fc.array(step, { minLength: 5, maxLength: 60, size: "max" });
    await fc.assert(fc.asyncProperty(history, play), { seed, numRuns: times(60, 600, 10_000) });
  }, 600_000);
});
