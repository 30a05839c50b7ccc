import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["showtimes:write"] as const;
let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());

let lists = 0;
const rule = (amount: number, more: object = {}) => ({
  ...{ zone: "standard", ticketTypeId: stocked.ticketTypeId, amount },
  ...more,
});
const rules = () => [rule(500, { before: "17:00" }), rule(900), rule(1200, { zone: "vip" })];
const surcharges = [{ attribute: "3D", amount: 150 }];
async function addList(more: object = {}) {
  lists += 1;
  const added = await server.call("POST", "/price-lists", WRITE, { name: `List ${lists}`, rules: rules(), ...more });
  expect([added.status, added.body.errors]).toEqual([201, undefined]);
  return added.body;
}
const schedule = (startsAt: string, more: object) =>
  server.call("POST", "/showtimes", WRITE, {
    ...{ filmId: stocked.filmId, auditoriumId: stocked.auditoriumId, startsAt, status: "on-sale", ...more },
  });
const patch = (path: string, body: object) => server.call("PATCH", path, WRITE, body);
const paths = ({ body }: { body: { errors: { path: string }[] } }) => body.errors.map(({ path }) => path);
const amounts = ({ body }: { body: { prices: { amount: number }[] } }) => body.prices.map(({ amount }) => amount);

describe("price lists over HTTP", () => {
  it("[U3] adds, reads and lists them by name, for those who may write showtimes", async () => {
    const added = await addList({ name: "Ábaco", surcharges, validFrom: "2027-01-01" });
    expect(added).toMatchObject({ name: "Ábaco", rules: rules(), surcharges, validFrom: "2027-01-01", version: 1 });
    expect(added.id).toMatch(/^prl_/);
    expect(Object.keys(added)).not.toEqual(expect.arrayContaining(["nameKey"]));
    const read = await server.call("GET", `/price-lists/${added.id}`, WRITE);
    expect([read.body, read.headers.get("etag")]).toEqual([added, '"1"']);
    expect((await server.call("GET", "/price-lists", WRITE)).body.items[0]).toEqual(added);
    expect((await server.call("GET", "/price-lists", ["catalogue:write"])).status).toBe(403);
    expect((await server.call("GET", "/price-lists/prl_none", WRITE)).status).toBe(404);
    const again = await server.call("POST", "/price-lists", WRITE, { name: "ABACO", rules: rules() });
    expect(again.body.code).toBe("duplicate");
  });

  it("[U63] refuses what is wrong, naming it", async () => {
    const wrong = async (body: object) =>
      paths(await server.call("POST", "/price-lists", WRITE, { name: "Wrong", rules: rules(), ...body }));
    expect(await wrong({ rules: [rule(1), rule(1, { ticketTypeId: "tty_no", zone: "vip" })] })).toEqual([
      "rules.1.ticketTypeId",
    ]);
    expect(await wrong({ rules: [rule(9), rule(5, { days: ["sat"] })] })).toEqual(["rules.1"]);
    expect(await wrong({ rules: [rule(9, { before: "25:00" })] })).toEqual(["rules.0.before"]);
    expect(await wrong({ rules: [rule(9, { before: "17:00:30" })] })).toEqual(["rules.0.before"]);
    expect(await wrong({ rules: [rule(9, { days: [] })] })).toEqual(["rules.0.days"]);
    expect(await wrong({ surcharges: [...surcharges, { attribute: "3d", amount: 1 }] })).toEqual([
      "surcharges.1.attribute",
    ]);
    const { id } = await addList({ validUntil: "2027-06-30" });
    expect(paths(await patch(`/price-lists/${id}`, { validFrom: "2027-07-01" }))).toEqual(["validUntil"]);
    expect((await patch(`/price-lists/${id}`, { validFrom: "2027-07-01", validUntil: null })).status).toBe(200);
  });

  it("[U65] a quote is what a showtime then gets, frozen", async () => {
    const list = await addList({ surcharges });
    const showing = { startsAt: "2032-01-05T15:30:00Z", attributes: ["3D"] };
    const quote = await server.call("POST", `/price-lists/${list.id}/quote`, WRITE, showing);
    expect(quote.body).toEqual({
      currency: "EUR",
      prices: [
        { zone: "standard", ticketTypeId: stocked.ticketTypeId, amount: 650 },
        { zone: "vip", ticketTypeId: stocked.ticketTypeId, amount: 1350 },
      ],
    });
    const added = await schedule(showing.startsAt, { attributes: ["3D"], priceListId: list.id });
    expect(added.body).toMatchObject({ priceListId: list.id, prices: quote.body.prices });
    const path = `/showtimes/${added.body.id}`;
    await patch(`/price-lists/${list.id}`, { rules: [rule(100), rule(200, { zone: "vip" })] });
    expect((await server.call("GET", path, null)).body.prices).toEqual(quote.body.prices);
    // Nor by a move or another attribute: only when it is asked for.
    expect(amounts(await patch(path, { attributes: [] }))).toEqual([650, 1350]);
    expect(amounts(await patch(path, { priceListId: list.id }))).toEqual([100, 200]);
    expect((await server.showtimes.sellable(added.body.id))?.prices.map(({ amount }) => amount)).toEqual([100, 200]);
    expect(await server.call("POST", "/price-lists/prl_none/quote", WRITE, {})).toMatchObject({ status: 404 });
  });

  it("[U65] prices given by hand are no list's any more; both at once is refused", async () => {
    const list = await addList();
    const both = { priceListId: list.id, prices: stocked.prices };
    expect(paths(await schedule("2032-02-01T18:00:00Z", both))).toEqual(["prices"]);
    const { body } = await schedule("2032-02-01T18:00:00Z", { priceListId: list.id });
    expect(paths(await patch(`/showtimes/${body.id}`, both))).toEqual(["prices"]);
    const dear = stocked.prices.map((price) => ({ ...price, amount: 2000 }));
    const own = await patch(`/showtimes/${body.id}`, { prices: dear });
    expect(own.body.prices).toEqual(dear);
    expect(own.body).not.toHaveProperty("priceListId");
    const listed = await patch(`/showtimes/${body.id}`, { priceListId: list.id });
    expect([listed.body.priceListId, amounts(listed)]).toEqual([list.id, [900, 1200]]);
    const freed = await patch(`/showtimes/${body.id}`, { priceListId: null });
    expect([freed.body.priceListId, amounts(freed)]).toEqual([undefined, [900, 1200]]);
  });

  it("[U66] a zone without a price is named, also for a draft; so is a list that does not count or exist", async () => {
    const bare = await addList({ rules: [rule(900)] });
    const refused = await schedule("2032-03-01T18:00:00Z", { priceListId: bare.id, status: "draft" });
    expect([refused.status, paths(refused)]).toEqual([400, ["priceListId"]]);
    expect(refused.body.errors[0].message).toContain("zone vip");
    const over = await addList({ validUntil: "2032-02-28" });
    expect(paths(await schedule("2032-03-01T18:00:00Z", { priceListId: over.id }))).toEqual(["startsAt"]);
    const nothing = { priceListId: "prl_no", filmId: "flm_no" };
    expect(paths(await schedule("2032-03-01T18:00:00Z", nothing)).sort()).toEqual(["filmId", "priceListId"]);
  });

  it("[U37] a list stays while a showtime has its prices from it, a ticket type while a list has a price for it", async () => {
    const type = (await server.call("POST", "/ticket-types", ["catalogue:write"], { name: "Senior" })).body;
    const list = await addList({ rules: [...rules(), rule(300, { ticketTypeId: type.id })] });
    const { body } = await schedule("2032-04-01T18:00:00Z", { priceListId: list.id, status: "draft" });
    const remove = async (path: string) => (await server.call("DELETE", path, [...WRITE, "catalogue:write"])).body;
    expect((await remove(`/price-lists/${list.id}`)).code).toBe("in_use");
    expect(await remove(`/showtimes/${body.id}`)).toBeNull();
    expect((await remove(`/ticket-types/${type.id}`)).code).toBe("in_use");
    expect(await remove(`/price-lists/${list.id}`)).toBeNull();
    expect(await remove(`/ticket-types/${type.id}`)).toBeNull();
  });
});
