import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAudit } from "../../server/audit/audit.ts";
import { StoreUnavailable } from "../../server/store/port.ts";
import { api } from "../support/api.ts";
import { aPrincipal, bareEdge } from "../support/edge.ts";
import { granted, handClock } from "../support/identity.ts";
import { openShopper, setStage } from "../support/purchase.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { tempStore } from "../support/store.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
beforeAll(async () => {
  server = await startServer();
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
});
afterAll(() => server.close());

interface Row {
  actor: { kind: string; id: string };
  action: string;
  subject?: string;
  outcome: string;
  details?: Record<string, unknown>;
}
const rows = async (query = ""): Promise<Row[]> =>
  (await call("GET", `/audit?limit=200${query}`, undefined, { token })).body.items;

const send = async (method: string, path: string, body?: object, as = token) => {
  const answer = await call(method, path, body, { token: as });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
let names = 0;
const name = () => `Name ${names++}`;
const make = async (path: string, body: object): Promise<string> => (await send("POST", path, body)).id;

/** How to make one of each, to be changed and deleted. */
const MAKE = {
  genres: () => make("/genres", { name: name() }),
  films: () => make("/films", { title: name(), durationMinutes: 90, status: "showing" }),
  auditoriums: () => make("/auditoriums", { name: name(), chart: "A ss" }),
  "ticket-types": () => make("/ticket-types", { name: name() }),
  showtimes: async () => {
    const [filmId, auditoriumId] = [await MAKE.films(), await MAKE.auditoriums()];
    return make("/showtimes", { filmId, auditoriumId, startsAt: "2031-05-05T18:00:00Z", prices: [] });
  },
  users: () =>
    make("/users", { name: "U", email: `u${names++}@cinema.test`, password: "a long enough one", roleIds: [] }),
  roles: () => make("/roles", { name: name(), permissions: [] }),
  devices: () => make("/devices", { name: name(), kind: "scanner" }),
  "price-lists": async () => {
    const rules = [{ zone: "standard", ticketTypeId: await MAKE["ticket-types"](), amount: 900 }];
    return make("/price-lists", { name: name(), rules });
  },
};
/** Somebody with an account who does something with it. */
const asCustomer = async (act: (token: string, password: string) => Promise<unknown>) => {
  const account = { name: "C", email: `c${names++}@cinema.test`, password: "violets are not blue" };
  const { user, token: theirs } = (await call("POST", "/auth/register", account)).body;
  await act(theirs, account.password);
  return user.id as string;
};
const patched = async (kind: keyof typeof MAKE, body: object) => {
  const id = await MAKE[kind]();
  await send("PATCH", `/${kind}/${id}`, body);
  return id;
};
const deleted = async (kind: keyof typeof MAKE) => {
  const id = await MAKE[kind]();
  await send("DELETE", `/${kind}/${id}`);
  return id;
};
/** A showtime on sale, with its first seat blocked. */
const blocked = async () => {
  const [id, ticketTypeId] = [await MAKE.showtimes(), await MAKE["ticket-types"]()];
  const prices = [{ zone: "standard", ticketTypeId, amount: 900 }];
  await send("PATCH", `/showtimes/${id}`, { prices, status: "on-sale" });
  await send("PUT", `/showtimes/${id}/blocks`, { seats: ["A1"], reason: "broken" });
  return id;
};
const withGenre = async () => {
  const [film, genre] = [await MAKE.films(), await MAKE.genres()];
  await send("PUT", `/films/${film}/genres/${genre}`);
  return { film, genre };
};

/** One change by each route: the action that is written down, and the id of what it was done to. */
const CHANGES: Record<string, [action: string, change: () => Promise<string>]> = {
  "POST /genres": ["genre.create", MAKE.genres],
  "PATCH /genres/:id": ["genre.update", () => patched("genres", { name: name() })],
  "DELETE /genres/:id": ["genre.delete", () => deleted("genres")],
  "POST /films": ["film.create", MAKE.films],
  "PATCH /films/:id": ["film.update", () => patched("films", { title: name() })],
  "DELETE /films/:id": ["film.delete", () => deleted("films")],
  "PUT /films/:id/genres/:genreId": ["film.genre.add", async () => (await withGenre()).film],
  "DELETE /films/:id/genres/:genreId": [
    "film.genre.remove",
    async () => {
      const { film, genre } = await withGenre();
      await send("DELETE", `/films/${film}/genres/${genre}`);
      return film;
    },
  ],
  "POST /films/import": [
    "film.import",
    async () => {
      await send("POST", "/films/import", [{ title: name(), durationMinutes: 90 }]);
      return "films";
    },
  ],
  "POST /auditoriums": ["auditorium.create", MAKE.auditoriums],
  "PATCH /auditoriums/:id": ["auditorium.update", () => patched("auditoriums", { name: name() })],
  "DELETE /auditoriums/:id": ["auditorium.delete", () => deleted("auditoriums")],
  "POST /ticket-types": ["ticket-type.create", MAKE["ticket-types"]],
  "PATCH /ticket-types/:id": ["ticket-type.update", () => patched("ticket-types", { name: name() })],
  "DELETE /ticket-types/:id": ["ticket-type.delete", () => deleted("ticket-types")],
  "POST /showtimes": ["showtime.create", MAKE.showtimes],
  "PATCH /showtimes/:id": ["showtime.update", () => patched("showtimes", { attributes: ["3D"] })],
  "DELETE /showtimes/:id": ["showtime.delete", () => deleted("showtimes")],
  "PATCH /settings": [
    "settings.update",
    async () => {
      await send("PATCH", "/settings", { cinemaName: name() });
      return "house";
    },
  ],
  "PUT /showtimes/:id/blocks": ["showtime.block", blocked],
  "DELETE /showtimes/:id/blocks": [
    "showtime.unblock",
    async () => {
      const id = await blocked();
      await send("DELETE", `/showtimes/${id}/blocks?seats=A1`);
      return id;
    },
  ],
  "POST /price-lists": ["price-list.create", MAKE["price-lists"]],
  "PATCH /price-lists/:id": ["price-list.update", () => patched("price-lists", { name: name() })],
  "DELETE /price-lists/:id": ["price-list.delete", () => deleted("price-lists")],
  "POST /showtimes/copy": [
    "showtime.copy",
    async () => {
      await MAKE.showtimes();
      await send("POST", "/showtimes/copy", { from: "2031-05-05", to: "2031-06-09", days: 1 });
      return "2031-06-09";
    },
  ],
  "POST /users/:id/password-link": [
    "user.password-link",
    async () => {
      const id = await MAKE.users();
      await send("POST", `/users/${id}/password-link`);
      return id;
    },
  ],
  "PATCH /me": ["account.update", () => asCustomer((theirs) => send("PATCH", "/me", { name: "Eva" }, theirs))],
  "PUT /me/password": [
    "account.password",
    () =>
      asCustomer((theirs, currentPassword) =>
        send("PUT", "/me/password", { currentPassword, newPassword: "roses are not red" }, theirs),
      ),
  ],
  "DELETE /me": ["account.delete", () => asCustomer((theirs) => send("DELETE", "/me", undefined, theirs))],
  "POST /users": ["user.create", MAKE.users],
  "PATCH /users/:id": ["user.update", () => patched("users", { name: name() })],
  "DELETE /users/:id": ["user.delete", () => deleted("users")],
  "POST /roles": ["role.create", MAKE.roles],
  "PATCH /roles/:id": ["role.update", () => patched("roles", { name: name() })],
  "DELETE /roles/:id": ["role.delete", () => deleted("roles")],
  "POST /devices": ["device.create", MAKE.devices],
  "PATCH /devices/:id": ["device.update", () => patched("devices", { name: name() })],
  "POST /devices/:id/enrolment-code": [
    "device.code",
    async () => {
      const id = await MAKE.devices();
      await send("POST", `/devices/${id}/enrolment-code`);
      return id;
    },
  ],
  "DELETE /devices/:id": ["device.revoke", () => deleted("devices")],
};

/** Changes that the edge does not announce, and why that is right. */
const UNANNOUNCED: Record<string, string> = {
  "POST /auth/guest": "a guest's session",
  "POST /auth/register": "written down by the room, with the new account as its own maker",
  "POST /auth/login": "written down by the room, with the account",
  "POST /auth/password-reset": "written down by the room, which answers everybody the same",
  "PUT /auth/password-reset": "written down by the room, once the code is known",
  "POST /auth/refresh": "the same session goes on",
  "POST /auth/logout": "a session ends",
  "POST /auth/device": "announced by the room, once the code is known",
  "POST /auth/device/visit": "a guest's session",
  "POST /tickets/check-in": "the check-in is its own record",
  "PUT /devices/me/health": "a device about itself, every minute",
  "POST /orders/lookup": "changes nothing; written down by the room, with the order",
  "POST /price-lists/:id/quote": "changes nothing",
  "POST /showtimes/check": "changes nothing",
  "POST /payments/webhooks/:provider": "a reason to ask the provider, nothing else",
};
/** Written down when staff does it; the order is the record of what its buyer does. Shown below and in the order tests. */
const BY_STAFF = ["POST /orders", "POST /orders/:id/cancel", "PATCH /orders/:id"];

describe("every change", () => {
  const changingRoutes = () =>
    server.app.http.accessTable
      .filter(({ method, url }) => url.startsWith("/api/v1/") && /^(POST|PUT|PATCH|DELETE)$/.test(method))
      .map(({ method, url, audit }) => ({ key: `${method} ${url.slice("/api/v1".length)}`, audit }));

  it("[A55] each route that changes something is written down, or says why it is not", () => {
    const routes = changingRoutes();
    const unannounced = routes.filter(({ audit }) => audit === "none").map(({ key }) => key);
    expect(unannounced.sort()).toEqual(Object.keys(UNANNOUNCED).sort());
    const announced = routes.filter(({ audit }) => audit !== "none").map(({ key }) => key);
    expect([...Object.keys(CHANGES), ...BY_STAFF].sort()).toEqual(announced.sort());
  });

  it.each(Object.entries(CHANGES))("[A55] %s is one row", async (_route, [action, change]) => {
    const me = (await call("GET", "/me", undefined, { token })).body.id;
    const subject = await change();
    const isOwn = action.startsWith("account.");
    const found = await rows(`&subject=${subject}&action=${action}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      actor: isOwn ? { kind: "customer", id: subject } : { kind: "staff", id: me },
      outcome: "done",
      from: "127.0.0.1",
      chain: "server-1",
    });
  });

  it("[A55] nothing is left open, and the chain holds", async () => {
    const report = (await call("GET", "/audit/verify", undefined, { token })).body;
    expect(report).toMatchObject({ ok: true, open: [], chains: [{ chain: "server-1", ok: true }] });
  });
});

describe("what is no change", () => {
  it("[A51] refusals and repeats leave no row and nothing open", async () => {
    const id = await MAKE.films();
    const before = (await rows()).length;
    expect((await call("PATCH", `/films/${id}`, { durationMinutes: -1 }, { token })).status).toBe(400);
    expect((await call("PATCH", `/films/${id}`, { durationMinutes: 90 }, { token })).status).toBe(200);
    const headers = { "if-match": '"7"' };
    expect((await call("PATCH", `/films/${id}`, { durationMinutes: 91 }, { token, headers })).status).toBe(412);
    expect((await call("POST", "/devices", { name: "x", kind: "toaster" }, { token })).status).toBe(400);
    expect((await call("DELETE", "/devices/dev_none", undefined, { token })).status).toBe(404);
    expect((await rows()).length).toBe(before);
    expect((await call("GET", "/audit/verify", undefined, { token })).body.open).toEqual([]);
  });

  it("[A56] a denial from behind the door is told once, like those at it", async () => {
    const staff = { email: "s@cinema.test", password: "a long enough one" };
    const roleId = await make("/roles", { name: name(), permissions: ["users:write"] });
    const userId = await make("/users", { ...staff, name: "S", roleIds: [roleId] });
    const theirs = (await call("POST", "/auth/login", staff)).body.token;
    const greedy = await call("PATCH", `/users/${userId}`, { roleIds: ["rol_admin"] }, { token: theirs });
    expect(greedy.status).toBe(403);
    const headers = { origin: "https://evil.example" };
    expect((await call("POST", "/genres", { name: name() }, { token, headers })).status).toBe(403);
    const denied = (await rows("&outcome=denied")).map(({ actor, action }) => [actor.kind, action]);
    expect(denied).toContainEqual(["staff", "PATCH /api/v1/users/:id"]);
    expect(denied).toContainEqual(["nobody", "POST /api/v1/genres"]);
    expect((await rows(`&outcome=denied&actor=${userId}`))[0]).toMatchObject({ count: 1 });
    expect((await call("GET", "/audit/verify", undefined, { token })).body.open).toEqual([]);
  });
});

describe("orders", () => {
  it("[A55] what staff does with an order is written down, what its buyer does is not", async () => {
    const stage = await setStage(server.url);
    const shopper = await openShopper(server.url, stage);
    const order = await shopper.buy(["A1"], { card: "sim_silent" });
    const other = await shopper.buy(["A2"], { card: "sim_silent" });
    await send("POST", `/orders/${other.id}/cancel`, undefined, shopper.token);
    await send("PATCH", `/orders/${order.id}`, { note: "Called about the seats" });
    await send("POST", `/orders/${order.id}/cancel`);
    shopper.close();
    expect((await rows(`&subject=${order.id}`)).map(({ action, details }) => [action, details])).toEqual([
      ["order.cancel", { fields: [] }],
      ["order.amend", { fields: ["note"] }],
    ]);
    expect(await rows(`&subject=${other.id}`)).toEqual([]);
  });

  it("[A51] after a failure of ours a change stays open: nobody knows what became of it", async () => {
    const folder = await tempStore();
    const clock = handClock();
    const audit = createAudit({ store: folder.store, clock, chain: "server-1" });
    const outcomes: Record<string, () => unknown> = {
      done: () => ({}),
      refused: () => Promise.reject(Object.assign(new Error("no"), { statusCode: 400 })),
      failed: () => Promise.reject(new Error("a bug")),
      lost: () => Promise.reject(new StoreUnavailable("gone")),
    };
    const app = await bareEdge(
      { staff: aPrincipal({ class: "staff" }), guest: aPrincipal() },
      (edge) => {
        for (const [outcome, work] of Object.entries(outcomes))
          edge.post(`/api/v1/${outcome}`, { config: { access: "any", audit: { action: outcome, by: "staff" } } }, work);
      },
      audit,
    );
    for (const who of ["staff", "guest"])
      for (const outcome of Object.keys(outcomes))
        await app.inject({ method: "POST", url: `/api/v1/${outcome}`, headers: { authorization: `Bearer ${who}` } });
    const { open } = await audit.verify();
    expect(open.map(({ action, actor }) => [action, actor.kind]).sort()).toEqual([
      ["failed", "staff"],
      ["lost", "staff"],
    ]);
    const listed = granted(await audit.list({ limit: 9 })).items;
    expect(listed.map(({ action, outcome }) => [action, outcome])).toEqual([["done", "done"]]);
    await app.close();
    await folder.cleanUp();
  });
});

describe("the list", () => {
  it("[A54] is searched by who, what, on what, outcome and time; wrong conditions are named", async () => {
    const subject = await MAKE.genres();
    const [row] = await rows(`&subject=${subject}`);
    const { actor, at } = row as Row & { at: string };
    for (const query of [`actor=${actor.id}&subject=${subject}`, `from=${at}&subject=${subject}&outcome=done`])
      expect(await rows(`&${query}`)).toHaveLength(1);
    expect(await rows(`&to=${at}&subject=${subject}`)).toEqual([]);
    for (const query of ["outcome=good", "nonsense=1", "from=yesterday"])
      expect((await call("GET", `/audit?${query}`, undefined, { token })).body.code).toBe("invalid_request");
  });
});
