import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WINDOW_MS } from "../../server/live/coalescer.ts";
import type { SeatDelta } from "../../server/protocol/states.ts";
import { clientAnswers, serverPayloads } from "../../server/schemas/events.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { type Edge, follow, guest, startEdge } from "../support/sockets.ts";
import { visitorsOf } from "../support/visitors.ts";

const SHOWTIME = "sht_a";
let edge: Edge;
const { someone, somebody, requestId } = visitorsOf(() => edge.url);

beforeAll(async () => {
  const cinema = madeUpCinema([SHOWTIME, "sht_b", "sht_draft"], 60);
  const draft = cinema.showtimes.get("sht_draft");
  if (draft) draft.status = "draft";
  edge = await startEdge({ cinema });
});
afterAll(() => edge.close());

describe("joining", () => {
  it("[D20] a join answers the whole map, and every later change follows from it", async () => {
    const viewer = follow(await somebody(), SHOWTIME);
    await viewer.join();
    expect(viewer.map()?.states).toMatch(/^A{60}$/);
    expect(viewer.map()?.status).toBe("on-sale");
    const rival = await somebody();
    const { version } = await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A3"] });
    await eventually(() => viewer.map()?.version === version);
    expect(viewer.map()?.states[2]).toBe("H");
    expect(viewer.gaps).toBe(0);
    await rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[D21] a join with a recent position answers only what changed since", async () => {
    const viewer = follow(await somebody(), SHOWTIME);
    await viewer.join();
    const since = { epoch: viewer.map()?.epoch ?? "", version: viewer.map()?.version ?? 0 };
    const rival = await somebody();
    await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1"] });
    await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A2"] });
    const answer = await (await somebody()).do("showtime:join", { showtimeId: SHOWTIME, since });
    expect(answer).toEqual({
      ok: true,
      delta: {
        showtimeId: SHOWTIME,
        epoch: since.epoch,
        from: since.version,
        to: since.version + 2,
        changes: [
          [0, "H"],
          [1, "H"],
        ],
      },
    });
    expect(clientAnswers["showtime:join"].safeParse(answer).success).toBe(true);
    const same = await (await somebody()).do("showtime:join", {
      showtimeId: SHOWTIME,
      since: { ...since, version: since.version + 2 },
    });
    expect(same).toMatchObject({ delta: { from: since.version + 2, to: since.version + 2, changes: [] } });
    await rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it.each([
    ["of another epoch", { epoch: "another", version: 1 }],
    ["ahead of the map", null],
  ])("[D22] a join with a position %s answers the whole map", async (_, since) => {
    const client = await somebody();
    const first = await client.do("showtime:join", { showtimeId: SHOWTIME });
    const epoch = "snapshot" in first ? first.snapshot.epoch : "";
    const answer = await client.do("showtime:join", { showtimeId: SHOWTIME, since: since ?? { epoch, version: 1e6 } });
    expect(answer).toHaveProperty("snapshot.states");
  });

  it("[D23] a join is never behind a version acknowledged before it, by whichever session", async () => {
    const client = await somebody();
    for (let round = 0; round < 30; round++) {
      const event = round % 2 === 0 ? "seats:hold" : "seats:release";
      const ack = await client.do(event, { requestId: requestId(), showtimeId: "sht_b", seats: ["A5"] });
      const answer = await (await somebody()).do("showtime:join", { showtimeId: "sht_b" });
      expect("snapshot" in answer && answer.snapshot.version).toBeGreaterThanOrEqual(ack.version);
    }
  });

  it("[D24] after leaving nothing more is pushed; joining again goes on", async () => {
    const client = await somebody();
    await client.do("showtime:join", { showtimeId: SHOWTIME });
    await client.do("showtime:leave", { showtimeId: SHOWTIME });
    const rival = await somebody();
    await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A9"] });
    const other = follow(await somebody(), SHOWTIME);
    await other.join();
    await rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
    await other.client.hears("seats:changed");
    expect(client.heard("seats:changed")).toEqual([]);
  });

  it("[D25] a leave sent right after a join wins", async () => {
    const client = await somebody();
    const joined = client.do("showtime:join", { showtimeId: SHOWTIME });
    await client.do("showtime:leave", { showtimeId: SHOWTIME });
    await joined;
    const rival = follow(await somebody(), SHOWTIME);
    await rival.join();
    await rival.client.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A9"] });
    await rival.client.hears("seats:changed");
    await rival.client.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
    expect(client.heard("seats:changed")).toEqual([]);
  });

  it("[D26] unknown showtimes and, without the right to write them, drafts are not found", async () => {
    const client = await somebody();
    expect(await client.refused("showtime:join", { showtimeId: "sht_none" })).toMatchObject({ code: "not_found" });
    expect(await client.refused("showtime:join", { showtimeId: "sht_draft" })).toMatchObject({ code: "not_found" });
    edge.people.set("writer", guest("ses_writer", { class: "staff", permissions: new Set(["showtimes:write"]) }));
    const writer = await someone("writer");
    expect(await writer.do("showtime:join", { showtimeId: "sht_draft" })).toHaveProperty("snapshot");
  });

  it("[D27] a change of status or start reaches viewers", async () => {
    const viewer = await somebody();
    await viewer.do("showtime:join", { showtimeId: "sht_b" });
    const showtime = edge.cinema.showtimes.get("sht_b");
    if (showtime) edge.cinema.showtimes.set("sht_b", { ...showtime, status: "closed" });
    await edge.live.showtimeChanged("sht_b");
    const told = await viewer.hears("showtime:changed");
    expect(told).toEqual({ showtimeId: "sht_b", status: "closed", startsAt: showtime?.startsAt });
    if (showtime) edge.cinema.showtimes.set("sht_b", showtime);
    // Without being told: another server changed it.
    await viewer.hears("showtime:changed", ({ status }) => status === "on-sale", 15_000);
  });
});

describe("the feed", () => {
  it("[D28] the first change of a quiet map goes at once, a burst is merged; nothing is missing and nothing overlaps", async () => {
    const viewer = follow(await somebody(), SHOWTIME);
    await viewer.join();
    const rivals = await Promise.all(Array.from({ length: 20 }, somebody));
    const since = performance.now();
    await Promise.all(
      rivals.map((rival, i) =>
        rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: [`A${20 + i}`] }),
      ),
    );
    await Promise.all(
      rivals.map((rival) => rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME })),
    );
    const { version } = await rivals[0]!.do("hold:resume", { showtimeId: SHOWTIME });
    await eventually(() => viewer.map()?.version === version);
    const deltas = viewer.client.heard("seats:changed") as SeatDelta[];
    expect(deltas.length).toBeLessThanOrEqual(2 + (performance.now() - since) / WINDOW_MS);
    for (const [i, delta] of deltas.entries()) {
      expect(serverPayloads["seats:changed"].safeParse(delta).success).toBe(true);
      if (i > 0) expect(delta.from).toBe(deltas[i - 1]?.to);
    }
    expect(viewer.gaps).toBe(0);
    expect(viewer.map()?.states).toMatch(/^A+$/);
  });

  it("[D29] a rebuilt map is pushed whole, with a new epoch, and goes on without a gap", async () => {
    const viewer = follow(await somebody(), SHOWTIME);
    await viewer.join();
    const epoch = viewer.map()?.epoch;
    const load = await edge.map.beginLoad({ showtimeId: SHOWTIME, seatCount: 60, layoutVersion: 1, keepMs: 1e6 });
    await edge.map.finishLoad({ showtimeId: SHOWTIME, epoch: load.epoch, bookings: [] });
    await eventually(() => viewer.map()?.epoch === load.epoch);
    expect(load.epoch).not.toBe(epoch);
    const rival = await somebody();
    const { version } = await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1"] });
    await eventually(() => viewer.map()?.version === version);
    await rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
    expect([viewer.gaps, viewer.resyncs]).toEqual([0, 1]);
  });
});
