import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Permission } from "../../server/protocol/resources.ts";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

/** What is managed in the same way. `body` makes a different one every time. */
interface Managed {
  path: string;
  noun: string;
  permission: Permission;
  body(n: number): object;
  patch(n: number): object;
  /** A change that is refused, and the field it is refused for. */
  wrong: [body: object, path: string];
}

let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());

const MANAGED: Managed[] = [
  {
    path: "/genres",
    noun: "genre",
    permission: "catalogue:write",
    body: (n) => ({ name: `Genre ${n}` }),
    patch: (n) => ({ name: `Renamed ${n}` }),
    wrong: [{ name: null }, "name"],
  },
  {
    path: "/films",
    noun: "film",
    permission: "catalogue:write",
    body: (n) => ({ title: `Film ${n}`, durationMinutes: 90, synopsis: "Long", status: "showing" }),
    patch: () => ({ title: "Retitled", synopsis: null }),
    wrong: [{ durationMinutes: null }, "durationMinutes"],
  },
  {
    path: "/auditoriums",
    noun: "auditorium",
    permission: "catalogue:write",
    body: (n) => ({ name: `Room ${n}`, chart: "A ss" }),
    patch: (n) => ({ name: `Grand ${n}` }),
    wrong: [{ chart: "A x" }, "chart"],
  },
  {
    path: "/ticket-types",
    noun: "ticket-type",
    permission: "catalogue:write",
    body: (n) => ({ name: `Type ${n}`, order: n }),
    patch: () => ({ active: false }),
    wrong: [{ order: -1 }, "order"],
  },
  {
    path: "/price-lists",
    noun: "price-list",
    permission: "showtimes:write",
    body: (n) => ({
      name: `List ${n}`,
      rules: [{ zone: "standard", ticketTypeId: stocked.ticketTypeId, amount: 900 }],
      validFrom: "2030-01-01",
    }),
    patch: () => ({ surcharges: [{ attribute: "3D", amount: 200 }], validFrom: null }),
    wrong: [{ rules: [] }, "rules"],
  },
  {
    path: "/showtimes",
    noun: "showtime",
    permission: "showtimes:write",
    body: (n) => ({
      filmId: stocked.filmId,
      auditoriumId: stocked.auditoriumId,
      startsAt: new Date(Date.UTC(2031, 0, n)).toISOString(),
      prices: stocked.prices,
      status: "on-sale",
      orphanRule: "warn",
    }),
    patch: () => ({ attributes: ["VOSE"], orphanRule: null }),
    wrong: [{ filmId: "flm_none" }, "filmId"],
  },
];

let made = 0;
async function make({ path, permission, body }: Managed) {
  made += 1;
  const created = await server.call("POST", path, [permission], body(made));
  expect([created.status, created.body.errors]).toEqual([201, undefined]);
  return created.body;
}

describe.each(MANAGED)("changing $noun", (managed) => {
  const { path, noun, permission, wrong } = managed;
  const as = [permission] as const;
  const change = (id: string, body: unknown, headers: Record<string, string> = {}) =>
    server.call("PATCH", `${path}/${id}`, as, body, headers);

  let patch: Record<string, unknown>;
  beforeEach(() => {
    made += 1;
    patch = { ...managed.patch(made) };
  });

  it("[U30] changes what is given and leaves the rest; null takes an optional field away", async () => {
    const before = await make(managed);
    const changed = await change(before.id, patch);
    const given = Object.entries(patch).filter(([, value]) => value !== null);
    const gone = Object.entries(patch).filter(([, value]) => value === null);
    expect(changed.status).toBe(200);
    const expected = { ...before, ...Object.fromEntries(given), version: 2, updatedAt: changed.body.updatedAt };
    for (const [field] of gone) delete expected[field];
    expect(changed.body).toEqual(expected);
    expect(changed.headers.get("etag")).toBe('"2"');
    const read = await server.call("GET", `${path}/${before.id}`, as);
    expect([read.headers.get("etag"), read.body]).toEqual([
      '"2"',
      { ...changed.body, ...(read.body.showtimes && { showtimes: [] }) },
    ]);
  });

  it("[U31] a change that changes nothing leaves the version", async () => {
    const before = await make(managed);
    for (const body of [{}, { ...patch, ...Object.fromEntries(Object.keys(patch).map((key) => [key, before[key]])) }]) {
      const same = await change(before.id, body);
      expect([same.status, same.body]).toEqual([200, before]);
    }
  });

  it("[U32] refuses in order: 401, 403, 404, 400", async () => {
    const { id } = await make(managed);
    const nonsense = { nonsense: 1 };
    const codes = async (method: string, where: string, who: readonly Permission[] | null, body?: object) =>
      (await server.call(method, where, who, body)).body?.code;
    const other: Permission[] = permission === "catalogue:write" ? ["showtimes:write"] : ["catalogue:write"];
    for (const [method, body] of [
      ["PATCH", nonsense],
      ["DELETE", undefined],
    ] as const) {
      expect(await codes(method, `${path}/none`, null, body)).toBe("unauthorized");
      expect(await codes(method, `${path}/none`, [...other, "sell"], body)).toBe("forbidden");
      expect(await codes(method, `${path}/none`, as, body)).toBe("not_found");
    }
    const refused = await change(id, nonsense);
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, "nonsense"]);
    for (const field of ["id", "version", "createdAt"]) expect((await change(id, { [field]: 1 })).status).toBe(400);
    const bad = await change(id, wrong[0]);
    expect([bad.status, bad.body.errors[0].path]).toEqual([400, wrong[1]]);
    expect((await server.call("GET", `${path}/${id}`, as)).body.version).toBe(1);
  });

  it("[U33] a stale If-Match is 412 and changes nothing; without one it goes through", async () => {
    const { id } = await make(managed);
    const stale = await change(id, patch, { "if-match": '"7"' });
    expect([stale.status, stale.body.code]).toEqual([412, "version_conflict"]);
    expect((await server.call("DELETE", `${path}/${id}`, as, undefined, { "if-match": '"7"' })).status).toBe(412);
    expect((await change(id, patch, { "if-match": '"1"' })).body.version).toBe(2);
    expect((await server.call("DELETE", `${path}/${id}`, as, undefined, { "if-match": '"2"' })).status).toBe(204);
  });

  it("[U34] deletes: 204, then it is gone from everywhere", async () => {
    const { id } = await make(managed);
    const deleted = await server.call("DELETE", `${path}/${id}`, as);
    expect([deleted.status, deleted.body]).toEqual([204, null]);
    expect((await server.call("GET", `${path}/${id}`, as)).status).toBe(404);
    expect((await server.call("DELETE", `${path}/${id}`, as)).status).toBe(404);
    const listed = await server.call("GET", `${path}?limit=200`, as);
    expect(listed.body.items.map((item: { id: string }) => item.id)).not.toContain(id);
  });

  it("[U35] HEAD answers as GET without a body; a method that is not there is 405", async () => {
    const { id } = await make(managed);
    const head = await server.call("HEAD", `${path}/${id}`, as);
    expect([head.status, head.headers.get("etag"), head.body]).toEqual([200, '"1"', null]);
    const put = await server.call("PUT", `${path}/${id}`, as, {});
    expect([put.status, put.body.code]).toEqual([405, "method_not_allowed"]);
  });

  it("[U36] every change is written down with who, what, on what and from where; refusals and repeats are not", async () => {
    const { id } = await make(managed);
    await change(id, patch);
    await change(id, patch);
    await change(id, { nonsense: 1 });
    await server.call("DELETE", `${path}/${id}`, as);
    const listed = await server.audit.list({ limit: 200 });
    const rows = listed.ok ? listed.items.filter(({ subject }) => subject === id).reverse() : [];
    expect(rows.map(({ action }) => action)).toEqual([`${noun}.create`, `${noun}.update`, `${noun}.delete`]);
    for (const row of rows)
      expect(row).toMatchObject({ actor: { kind: "staff", id: "usr_test" }, from: "127.0.0.1", outcome: "done" });
    expect(rows[1]?.details).toEqual(patch);
  });

  it("[U33] of many with the same If-Match one goes through", async () => {
    const { id } = await make(managed);
    const answers = await Promise.all(Array.from({ length: 8 }, () => change(id, patch, { "if-match": '"1"' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
  });
});

describe("what something points at", () => {
  const catalogue = ["catalogue:write"] as const;
  const remove = async (path: string) =>
    (await server.call("DELETE", path, ["catalogue:write", "showtimes:write"])).body;

  it("[U37] stays: a genre of a film, and film, auditorium and ticket type of a showtime", async () => {
    const { body: genre } = await server.call("POST", "/genres", catalogue, { name: "In use" });
    const { body: film } = await server.call("POST", "/films", catalogue, {
      title: "In use",
      durationMinutes: 90,
      genreIds: [genre.id],
    });
    const { body: room } = await server.call("POST", "/auditoriums", catalogue, { name: "In use", chart: "A s" });
    const { body: type } = await server.call("POST", "/ticket-types", catalogue, { name: "In use" });
    const { body: showtime } = await server.call("POST", "/showtimes", ["showtimes:write"], {
      filmId: film.id,
      auditoriumId: room.id,
      startsAt: "2032-01-01T10:00:00Z",
      prices: [{ zone: "standard", ticketTypeId: type.id, amount: 1 }],
    });
    const all = [`/genres/${genre.id}`, `/films/${film.id}`, `/auditoriums/${room.id}`, `/ticket-types/${type.id}`];
    for (const path of all) expect(await remove(path)).toMatchObject({ status: 409, code: "in_use" });
    // A refused deletion leaves no trace.
    for (const path of all) expect((await server.call("GET", path, catalogue)).body.version).toBe(1);
    expect(await remove(`/showtimes/${showtime.id}`)).toBeNull();
    for (const path of all.toReversed().filter((each) => !each.includes("genres")))
      expect(await remove(path)).toBeNull();
    expect(await remove(`/genres/${genre.id}`)).toBeNull();
  });

  it("[U37] a draft that drops a price lets its ticket type go; a showtime that was on sale keeps it", async () => {
    const { body: type } = await server.call("POST", "/ticket-types", catalogue, { name: "Dropped" });
    const more = [...stocked.prices, { zone: "vip", ticketTypeId: type.id, amount: 5 }];
    const schedule = async (status: string, startsAt: string) =>
      (
        await server.call("POST", "/showtimes", ["showtimes:write"], {
          ...{ filmId: stocked.filmId, auditoriumId: stocked.auditoriumId },
          ...{ startsAt, status, prices: more },
        })
      ).body;
    const drop = (id: string) =>
      server.call("PATCH", `/showtimes/${id}`, ["showtimes:write"], { prices: stocked.prices });
    const draft = await schedule("draft", "2032-02-01T10:00:00Z");
    const sold = await schedule("on-sale", "2032-03-01T10:00:00Z");
    expect((await drop(sold.id)).body.prices).toEqual(stocked.prices);
    await drop(draft.id);
    expect(await remove(`/ticket-types/${type.id}`)).toMatchObject({ code: "in_use" });
    expect(await remove(`/showtimes/${sold.id}`)).toBeNull();
    expect(await remove(`/ticket-types/${type.id}`)).toBeNull();
  });
});
