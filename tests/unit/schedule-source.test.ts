import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sellsOn } from "../../server/booking/showtimes.ts";
import { showtimes } from "../../server/store/collections.ts";
import { openRooms, type Rooms, stock } from "../support/rooms.ts";

const STARTS = "2030-05-01T18:00:00.000Z";
const MINUTE_MS = 60_000;

let rooms: Rooms;
let id: string;
beforeAll(async () => {
  rooms = await openRooms();
  const { filmId, auditoriumId, prices } = await stock(rooms);
  const made = await rooms.schedule.create({
    filmId,
    auditoriumId,
    startsAt: STARTS,
    attributes: [],
    prices,
    status: "on-sale",
  });
  if (!made.ok) throw new Error(made.message);
  id = made.document.id;
});
afterAll(() => rooms.close());

async function sellable() {
  const showtime = await rooms.showtimes.sellable(id);
  if (showtime === null) throw new Error("it is gone");
  return showtime;
}

describe("what selling asks of a showtime", () => {
  it("[U13] names, layout, prices, and null for one that does not exist", async () => {
    const showtime = await sellable();
    expect(showtime).toMatchObject({
      id,
      status: "on-sale",
      film: { title: "Up" },
      auditorium: { name: "One" },
      currency: "EUR",
    });
    expect(showtime.layout.seats.map((seat) => seat.id)).toEqual(["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]);
    expect(showtime.layout.indexOf.get("B1")).toBe(4);
    expect(await rooms.showtimes.sellable("sht_none")).toBeNull();
  });

  it("[U14] web and kiosk sell until 15 minutes after the start, the box office until 30", async () => {
    const showtime = await sellable();
    const at = (minutes: number) => Date.parse(STARTS) + minutes * MINUTE_MS;
    expect([sellsOn(showtime, "web", at(15) - 1), sellsOn(showtime, "web", at(15))]).toEqual([true, false]);
    expect([sellsOn(showtime, "kiosk", at(15) - 1), sellsOn(showtime, "kiosk", at(15))]).toEqual([true, false]);
    expect([sellsOn(showtime, "box-office", at(30) - 1), sellsOn(showtime, "box-office", at(30))]).toEqual([
      true,
      false,
    ]);
  });

  it("[U14] a change of the settings counts at once, of the showtime too", async () => {
    await sellable();
    await rooms.settings.update({ salesEndMinutes: { web: 10 } }, null);
    const showtime = await sellable();
    expect(showtime.salesEndAt.web).toBe(Date.parse(STARTS) - 10 * MINUTE_MS);
    expect(showtime.salesEndAt.kiosk).toBe(Date.parse(STARTS) + 15 * MINUTE_MS);
    await rooms.store.collection(showtimes).update(id, {}, { set: { status: "closed" } });
    expect((await sellable()).status).toBe("closed");
  });

  it("[U13] names active ticket types and the seller", async () => {
    await rooms.catalogue.ticketTypes.create({ name: "Old", order: 2, active: false });
    expect([...(await rooms.showtimes.ticketTypes()).values()]).toEqual(["Adult"]);
    await rooms.settings.update({ legalName: "Cines de Prueba, S.L.", vatRate: 21 }, null);
    expect(await rooms.showtimes.seller()).toMatchObject({ legalName: "Cines de Prueba, S.L.", vatRate: 21 });
  });

  it("says what its map is built for", async () => {
    expect(await rooms.showtimes.describe(id)).toMatchObject({ seatCount: 8, layoutVersion: 1 });
    expect(await rooms.showtimes.describe("sht_none")).toBeNull();
  });
});
