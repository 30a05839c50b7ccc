import { describe, expect, it, vi } from "vitest";
import { type Collection, type Store, type Stored, StoreUnavailable } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { bought, openHouses, type SellingRooms, seatOf } from "../support/selling.ts";

/** Seats under fault, on real books; time is made to pass. */
vi.setConfig({ testTimeout: times(30_000, 300_000, 3_000_000) });
const open = openHouses();

describe("the seat map forgets everything", () => {
  /** Two buyers of one seat: the map is lost while the first one's order waits for its bank. */
  async function sellTwice(rooms: SellingRooms) {
    const seats = [seatOf(rooms, 0)];
    const first = await bought(rooms, 0, "sim_challenge");
    rooms.loseMap();
    const second = await (async () => {
      const hold = await rooms.hold("ses_second", seats);
      return rooms.buy({ sessionId: "ses_second", hold, seats });
    })().catch((error: Error) => error.message);
    await rooms.books.provider.page.answer(`${first.id}:1`, true);
    rooms.pass(10_000);
    await rooms.settle();
    return second;
  }

  it("[C22] nothing that the ledger sold or is selling can be held again", async () => {
    const rooms = await open();
    expect(await sellTwice(rooms)).toBe("seat_taken");
    expect(await rooms.faults()).toEqual([]);
    rooms.loseMap();
    expect(await rooms.faults()).toEqual([]);
  });

  it("[C22] negative control: without claims in the ledger the check finds the seat sold twice", async () => {
    const rooms = await open({ wrapStore: withoutClaims });
    await sellTwice(rooms);
    expect(await rooms.faults()).toContainEqual(expect.stringContaining("sold twice"));
  });

  /** The guard taken away: orders are written without the seats they claim. */
  function withoutClaims(store: Store): Store {
    return {
      ...store,
      collection<D extends Stored>(spec: Parameters<Store["collection"]>[0]) {
        const collection = store.collection(spec as never) as unknown as Collection<D>;
        return {
          ...collection,
          insert({ claims: _, ...document }: Record<string, unknown>) {
            return collection.insert(document as never);
          },
        } as Collection<D>;
      },
    } as Store;
  }

  it("[C23] a map that is wrong is corrected by the ledger: seat_taken, and the other seats stay held", async () => {
    const rooms = await open();
    const [a, b] = [seatOf(rooms, 0), seatOf(rooms, 1)];
    await bought(rooms, 0);
    await rooms.settle();
    // The map comes back from a time before the sale, and lets the seat be held.
    rooms.loseMap();
    const { readBookings } = rooms.ledger;
    rooms.ledger.readBookings = async () => [];
    const hold = await rooms.hold("ses_b", [a, b]).finally(() => {
      rooms.ledger.readBookings = readBookings;
    });
    const refused = await rooms.buy({ sessionId: "ses_b", hold, seats: [a, b] });
    expect(refused).toMatchObject({ ok: false, code: "seat_taken", seats: [a] });
    const kept = await rooms.map.holdOf({ showtimeId: rooms.showtimeId, sessionId: "ses_b" });
    expect(kept).toMatchObject({ ok: true, hold: { token: hold, seats: [1] } });
    await rooms.settle();
    await rooms.map.release({
      ...{ showtimeId: rooms.showtimeId, sessionId: "ses_b" },
      requestId: "1",
      payloadHash: "",
    });
    expect(await rooms.faults()).toEqual([]);
  });

  it("[C24] a checkout that died before its order is given up: its seats go free, it can't come back", async () => {
    const rooms = await open();
    const seats = [seatOf(rooms, 0)];
    const hold = await rooms.hold("ses_a", seats);
    const { showtimeId } = rooms;
    const bookingId = "ord_00000000000000000000";
    await rooms.map.beginPayment({ showtimeId, sessionId: "ses_a", hold, seats: [0], bookingId, windowMs: 1_000 });
    rooms.pass(1_000);
    await rooms.settle();
    expect(await rooms.ledger.booking(bookingId)).toMatchObject({ kind: "tombstone" });
    const begun = await rooms.checkout.begin({
      ...{ orderId: bookingId, repeated: true, buyer: { sessionId: "ses_a", channel: "web", maySell: false } },
      request: { showtimeId, hold, lines: [], payment: { method: "card" } },
    });
    expect(begun).toMatchObject({ ok: false, code: "hold_expired" });
    expect(await rooms.faults()).toEqual([]);
  });

  it("[C91] a store that is away when a purchase begins leaves the hold as it was, and the next attempt goes through", async () => {
    const rooms = await open();
    const seats = [seatOf(rooms, 0)];
    const hold = await rooms.hold("ses_a", seats);
    const kept = () => rooms.map.holdOf({ showtimeId: rooms.showtimeId, sessionId: "ses_a" });
    const { hold: before } = (await kept()) as { hold: unknown };
    const { contactOf } = rooms.ledger;
    rooms.ledger.contactOf = async () => {
      throw new StoreUnavailable("away");
    };
    const asked = { sessionId: "ses_a", hold, seats, customerId: "usr_ana" };
    await expect(rooms.buy(asked)).rejects.toThrow(StoreUnavailable);
    expect(await kept()).toMatchObject({ ok: true, hold: before });
    rooms.ledger.contactOf = contactOf;
    expect(await rooms.buy(asked)).toMatchObject({ ok: true });
    await rooms.settle();
    expect(await rooms.faults()).toEqual([]);
  });
});
