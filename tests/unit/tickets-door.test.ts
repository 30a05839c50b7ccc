import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../server/basics/ids.ts";
import { createDoor, type Door } from "../../server/receipts/door.ts";
import { createTickets, type Tickets } from "../../server/receipts/tickets.ts";
import { bookings, type CheckInDoc, checkIns, type OrderDoc, showtimes } from "../../server/store/collections.ts";
import type { Collection } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { aLine, anOrder } from "../support/orders.ts";
import { type TempStore, tempStore } from "../support/store.ts";
import { ticketKeys } from "../support/ticket-keys.ts";

const SHOWTIME = "sht_0123456789abcdefghjk";
const OTHER = "sht_other";
const usher = { class: "staff", subjectId: "usr_usher" };
const START = Date.parse("2026-03-14T18:00:00.000Z");

let temp: TempStore;
let tickets: Tickets;
let door: Door;
let now = START;
const clock = { now: () => now };

beforeAll(async () => {
  temp = await tempStore();
  tickets = createTickets({ keys: await ticketKeys() });
  door = createDoor({ store: temp.store, tickets, clock });
  for (const id of [SHOWTIME, OTHER]) await temp.store.collection(showtimes).insert(aShowtime(id));
});
afterAll(() => temp.cleanUp());

function aShowtime(id: string) {
  const at = "2026-03-14T18:30:00.000Z";
  const when = { createdAt: at, updatedAt: at, startsAt: at, endsAt: at, freeAt: at };
  const what = { filmId: "flm_1", auditoriumId: id, layoutId: "lay_1", attributes: [], prices: [] };
  return { id, ...when, ...what, status: "on-sale" as const };
}

/** A paid order in the ledger, with its tickets. */
async function sold(overrides: Partial<OrderDoc> = {}): Promise<OrderDoc> {
  const id = newId("ord");
  const order = anOrder({ id, number: id.slice(4, 12), receiptSeq: undefined, ...overrides });
  order.tickets ??= await tickets.issue(order);
  const { version: _, ...document } = order;
  const inserted = await temp.store.collection(bookings).insert(document);
  if (!inserted.ok) throw new Error(inserted.index);
  return order;
}

const codeOf = (order: OrderDoc, line = 0) => order.tickets?.[line]?.code ?? "";
const scan = (code: string, showtimeId = SHOWTIME) => door.checkIn({ code, showtimeId }, usher);

describe("the door", () => {
  it("[T5] lets a ticket in and shows seat, kind of ticket and order, but no other ticket", async () => {
    const order = await sold();
    const outcome = await scan(codeOf(order, 1));
    expect(outcome).toEqual({
      ok: true,
      checkIn: {
        ticketId: order.tickets?.[1]?.id,
        seatId: "F8",
        ticketType: "Infantil",
        order: {
          id: order.id,
          number: order.number,
          showtimeId: SHOWTIME,
          film: order.film,
          startsAt: order.startsAt,
          auditorium: order.auditorium,
        },
        firstUse: true,
      },
    });
  });

  it("[T5] lets it in once: later scans say when it was used", async () => {
    const order = await sold();
    now = START + 60_000;
    expect((await scan(codeOf(order))).ok).toBe(true);
    now = START + 120_000;
    for (let again = 0; again < 2; again++)
      expect(await scan(codeOf(order))).toMatchObject({
        ok: false,
        code: "already_used",
        at: "2026-03-14T18:01:00.000Z",
        seats: ["F7"],
      });
    expect((await scan(codeOf(order, 1))).ok).toBe(true);
  });

  it("[T6] tells what is wrong: showtime unknown, ticket unknown, another showtime", async () => {
    const order = await sold();
    expect(await scan(codeOf(order), "sht_none")).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "showtimeId" }],
    });
    expect(await scan("https://example.com/menu")).toMatchObject({ code: "invalid_ticket" });
    expect(await scan(codeOf(order), OTHER)).toMatchObject({ code: "wrong_showtime" });
    const [never] = await tickets.issue(anOrder({ number: "UNSOLD" }));
    expect(await scan(never?.code ?? "")).toMatchObject({ code: "invalid_ticket" });
    expect((await scan(codeOf(order))).ok).toBe(true);
  });

  it.each(["refunded", "cancelled", "expired", "declined"] as const)(
    "[T6] a ticket of an order that is %s is revoked",
    async (status) => {
      expect(await scan(codeOf(await sold({ status })))).toMatchObject({ code: "revoked", seats: ["F7"] });
    },
  );

  it("[T6] after a refund in part the tickets that stayed are good, the others revoked", async () => {
    const issued = await tickets.issue(anOrder({ id: "ord_part", number: "PART" }));
    await sold({ id: "ord_part", number: "PART", status: "partially-refunded", tickets: issued.slice(0, 1) });
    expect((await scan(issued[0]?.code ?? "")).ok).toBe(true);
    expect(await scan(issued[1]?.code ?? "")).toMatchObject({ code: "revoked", seats: ["F8"] });
  });

  it("[T7] lists revoked tickets since a moment, page by page, oldest first", async () => {
    const at = (minute: number) => `2026-03-14T19:0${minute}:00.000Z`;
    for (const minute of [1, 2, 3]) {
      const revokedTickets = [
        { ticketId: `tik_${minute}a`, at: at(minute) },
        { ticketId: `tik_${minute}b`, at: at(minute) },
      ];
      await sold({ status: "refunded", revokedTickets, ticketsRevokedAt: at(minute), tickets: [] });
    }
    now = Date.parse("2026-03-14T19:10:00.000Z");
    const first = await door.revocations({ since: at(2), limit: 1 });
    expect(first.items.map(({ ticketId }) => ticketId)).toEqual(["tik_2a", "tik_2b"]);
    expect(first.asOf).toBe("2026-03-14T19:09:30.000Z");
    const second = await door.revocations({ since: at(2), limit: 1, after: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ ticketId: "tik_3a" }, { ticketId: "tik_3b" }], nextCursor: null });
    expect((await door.revocations({ since: first.asOf, limit: 50 })).items).toEqual([]);
  });
});

describe("many scanners, one ticket", () => {
  const ROUNDS = times(20, 200, 2_000);
  const SCANNERS = 20;

  /** How many of the scanners were told that theirs was the first use. */
  async function race(order: OrderDoc, at: Door): Promise<number> {
    const scans = Array.from({ length: SCANNERS }, () =>
      at.checkIn({ code: codeOf(order), showtimeId: SHOWTIME }, usher),
    );
    const outcomes = await Promise.all(scans);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.code).toBe("already_used");
    return outcomes.filter(({ ok }) => ok).length;
  }

  it(`[T5] ${SCANNERS} scans at once, ${ROUNDS} times: one is the first`, async () => {
    for (let round = 0; round < ROUNDS; round++) expect(await race(await sold({ lines: [aLine("F7")] }), door)).toBe(1);
  });

  it("[T5] control: with read, sleep, write instead of one insert the race lets several in", async () => {
    const unguarded = createDoor({ store: temp.store, tickets, clock, checkIns: readSleepWrite() });
    for (let round = 0; round < 20; round++)
      expect(await race(await sold({ lines: [aLine("F7")] }), unguarded)).toBeGreaterThan(1);
  });

  /** Uses that are looked for first and written later, as if ids were not unique. */
  function readSleepWrite(): Pick<Collection<CheckInDoc>, "insert" | "get"> {
    const real = temp.store.collection(checkIns);
    return {
      get: (id) => real.get(id),
      async insert(document) {
        const before = await real.get(document.id);
        // Longer than all scans take to be verified, one after the other
        await sleep(50);
        if (before !== null) return { ok: false, code: "duplicate", index: "id" };
        await real.insert(document);
        return { ok: true, document: { ...document, version: 1 } };
      },
    };
  }
});
