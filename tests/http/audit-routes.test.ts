import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAudit } from "../../server/audit/audit.ts";
import { StoreUnavailable } from "../../server/store/port.ts";
import { api } from "../support/api.ts";
import { changesBy, createMaking, type Send } from "../support/audited.ts";
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

const send: Send = async (method, path, body, as = token) => {
  const answer = await call(method, path, body, { token: as ?? undefined });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
const { name, make, MAKE } = createMaking(send);
const CHANGES = changesBy(send);

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
