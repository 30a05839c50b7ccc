import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionText } from "../../admin/src/people/actions.ts";
import { actionWords } from "../../admin/src/people/actionWords.ts";
import { buildApp } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import type { Access } from "../../server/http/access.ts";
import { PERMISSIONS, type Permission } from "../../server/protocol/resources.ts";
import { clientPayloads } from "../../server/schemas/events.ts";
import { type ApiAnswer, api } from "../support/api.ts";
import { times } from "../support/counts.ts";
import {
  CALLERS,
  type Caller,
  CLASSES,
  EVENTS,
  GUARDS,
  type Guard,
  isDevice,
  isFor,
  isStaff,
  ROLES,
} from "../support/house-rules.ts";
import { handClock } from "../support/identity.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { connect, handshakeRefusal } from "../support/sockets.ts";

interface Route {
  method: string;
  url: string;
  access: Access;
}

// Moves on by itself too: denials of one minute are one row.
const clock = handClock(Date.now());
let server: TestServer;
let call: ReturnType<typeof api>;
const tokens = new Map<Caller, string | undefined>();
let routes: Route[];

beforeAll(async () => {
  server = await startServer({}, { clock });
  call = api(server.url);
  routes = listRoutes(server);
  await signEverybodyIn();
});
afterAll(() => server.close());

/** The API's routes with what each says about who may call it. */
function listRoutes({ app }: TestServer): Route[] {
  return app.http.accessTable.flatMap(({ method, url, access }) =>
    url.startsWith("/api/") && access !== undefined && method !== "HEAD" ? [{ method, url, access }] : [],
  );
}

async function signEverybodyIn(): Promise<void> {
  const token = (await call("POST", "/auth/login", ADMIN)).body.token as string;
  const post = async (path: string, body: unknown) => (await call("POST", path, body, { token })).body;
  tokens.set("admin", token);
  tokens.set("guest", (await post("/auth/guest", {})).token);
  const customer = { name: "C", email: "c@cinema.test", password: "long enough" };
  tokens.set("customer", (await call("POST", "/auth/register", customer)).body.token);
  for (const kind of ["kiosk", "box-office", "scanner"] as const) {
    const { enrolmentCode } = await post("/devices", { name: kind, kind });
    tokens.set(kind, (await call("POST", "/auth/device", { code: enrolmentCode })).body.token);
  }
  const addStaff = async (who: Caller, roleId: string) => {
    const credentials = { email: `${who.replace(":", ".")}@cinema.test`, password: "long enough" };
    await post("/users", { name: who, ...credentials, roleIds: [roleId] });
    tokens.set(who, (await call("POST", "/auth/login", credentials)).body.token);
  };
  await addStaff("manager", "rol_manager");
  await addStaff("clerk", "rol_box_office");
  for (const permission of PERMISSIONS)
    await addStaff(permission, (await post("/roles", { name: permission, permissions: [permission] })).id);
}

/** Everybody; on a laptop all classes and roles, whom it is for, and every fourth permission, from route to route another. */
function callersOf(guard: Guard, place: number): readonly Caller[] {
  const isTurn = (permission: Permission) =>
    PERMISSIONS.indexOf(permission) % times(4, 1, 1) === place % times(4, 1, 1);
  const some = PERMISSIONS.filter((permission) => isTurn(permission) || isFor(guard, permission));
  return [...CLASSES, ...ROLES, ...(guard === "public" ? PERMISSIONS.filter(isTurn) : some)];
}

/** Asks a route for something that can't be done, so that nothing is changed whoever asks. */
function knock({ method, url }: Route, who: Caller) {
  const path = url.replace("/api/v1", "").replace(/:[a-zA-Z]+/g, "nothing");
  const body = method === "GET" || method === "DELETE" ? undefined : { nonsense: true };
  return call(method, path, body, { token: tokens.get(who), headers: { "if-match": '"0"' } });
}

interface Denied {
  action: string;
  actor: { kind: string; id: string };
}

const denied: Denied[] = [];
/** No rule's time: in a database each denial is a write on a disk. */
const EVERY_PAIR_WITHIN_MS = 300_000;
/** More kinds of denial at one time are counted together. */
const KINDS_AT_ONCE = 800;

/** Reads what was denied so far, and lets the minute be over. */
async function readDenials(): Promise<void> {
  clock.advance(61_000);
  for (let cursor: string | null = ""; cursor !== null; ) {
    const path: string = `/audit?outcome=denied&limit=200&cursor=${cursor}`;
    const page: { items: Denied[]; nextCursor: string | null } = (
      await call("GET", path, undefined, { token: tokens.get("admin") })
    ).body;
    denied.push(...page.items);
    cursor = page.nextCursor;
  }
}

/** The action and actor of the audit row that a denial should leave. */
function rowOf(action: string, who: Caller): string {
  const token = tokens.get(who);
  if (token === undefined) return `${action} by nobody 127.0.0.1`;
  const kind = isStaff(who) ? "staff" : isDevice(who) ? "device" : who;
  return `${action} by ${kind} ${decodeJwt(token).sub}`;
}

describe("who may call what", () => {
  it("[A86] every route stands in the house's table", () => {
    const unknown = routes.map(({ method, url }) => `${method} ${url}`).filter((route) => !GUARDS.has(route));
    expect(unknown).toEqual([]);
    expect(routes.length).toBeGreaterThan(60);
  });

  it("[K104] all that may be refused has words of its own in the console", () => {
    const guarded = [...GUARDS].flatMap(([route, guard]) => (guard === "public" ? [] : route));
    const actions = [...guarded, ...Object.keys(EVENTS).map((event) => `socket ${event}`)];
    const wordless = actions.filter((action) => !actionText(action, actionWords.es));
    expect(wordless).toEqual([]);
  });

  it(
    "[A31 A86] every route is closed to every caller it is not for, open to the others, and each denial written down",
    async () => {
      const wrong: string[] = [];
      const expected = new Set<string>();
      let sinceRead = 0;
      for (const route of routes) {
        // Ends the session that calls it; has tests of its own.
        if (route.url.endsWith("/auth/logout")) continue;
        const name = `${route.method} ${route.url}`;
        const guard = GUARDS.get(name);
        if (guard === undefined) continue;
        const callers = callersOf(guard, routes.indexOf(route));
        const answers = await Promise.all(callers.map((who) => knock(route, who)));
        for (const [place, who] of callers.entries()) {
          const { status, body } = answers[place] as ApiAnswer;
          const refused = status === 401 || status === 403;
          const isOpen = isFor(guard, who);
          if (isOpen ? refused && !isOwnRefusal(route.url, body.detail) : status !== (who === "nobody" ? 401 : 403))
            wrong.push(`${who}: ${name} answered ${status}`);
          if (!isOpen && ++sinceRead) expected.add(rowOf(name, who));
        }
        if (sinceRead > KINDS_AT_ONCE) {
          await readDenials();
          sinceRead = 0;
        }
      }
      expect(wrong).toEqual([]);
      await readDenials();
      const told = new Set(denied.map(({ action, actor }) => `${action} by ${actor.kind} ${actor.id}`));
      expect([...expected].filter((row) => !told.has(row))).toEqual([]);
      expect(expected.size).toBeGreaterThan(times(400, 900, 900));
    },
    EVERY_PAIR_WITHIN_MS,
  );

  it("[A86] every event is closed to every caller it is not for, open to the others, and each denial written down", async () => {
    expect(Object.keys(clientPayloads).filter((event) => !(event in EVENTS))).toEqual([]);
    const wrong: string[] = [];
    const expected = new Set<string>();
    for (const who of CALLERS) {
      const token = tokens.get(who);
      if (token === undefined) {
        expect(await handshakeRefusal(server.url, { auth: { protocol: 1 } })).toBe("unauthorized");
        continue;
      }
      const client = await connect(server.url, token);
      for (const event of Object.keys(clientPayloads)) {
        const [guard, payload] = EVENTS[event] ?? [[], {}];
        const answer = await client.raw(event, payload);
        const isRefused = !answer.ok && (answer.error.code === "forbidden" || answer.error.code === "unauthorized");
        if (isRefused === isFor(guard, who)) wrong.push(`${who}: ${event} answered ${JSON.stringify(answer)}`);
        if (!isFor(guard, who)) expected.add(rowOf(`socket ${event}`, who));
      }
      client.close();
    }
    expect(wrong).toEqual([]);
    denied.length = 0;
    await readDenials();
    const told = new Set(denied.map(({ action, actor }) => `${action} by ${actor.kind} ${actor.id}`));
    expect([...expected].filter((row) => !told.has(row))).toEqual([]);
    expect(expected.size).toBeGreaterThan(50);
  });

  it("[A31] a route that does not say who may call it stops the server from starting", async () => {
    const config = readConfig({ DATA_DIR: `${server.dataDir}/other`, LOG_LEVEL: "silent", DEMO: "0" });
    const app = await buildApp({ ...config, ADMIN_PASSWORD: "long enough" });
    try {
      expect(() => app.http.get("/api/v1/open", () => "")).toThrow("does not say who may call it");
    } finally {
      await app.close();
    }
  });

  it("[A26] a wrong token is refused, also where none is needed", async () => {
    for (const token of ["wrong", "a.b.c", `${tokens.get("guest")}x`])
      expect((await call("GET", "/genres", undefined, { token })).status).toBe(401);
    const headers = { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` };
    expect((await call("GET", "/genres", undefined, { headers })).status).toBe(401);
  });

  it("[A26] rights come before the path, the path before the body", async () => {
    const token = tokens.get("users:write");
    expect((await call("PATCH", "/users/usr_none", { nonsense: 1 })).status).toBe(401);
    expect((await call("PATCH", "/users/usr_none", { nonsense: 1 }, { token: tokens.get("sell") })).status).toBe(403);
    expect((await call("PATCH", "/users/usr_none", { nonsense: 1 }, { token })).status).toBe(404);
    expect((await call("POST", "/users", { nonsense: 1 }, { token })).status).toBe(400);
  });
});

/** Refusals that come from a rule behind the door, not from the door. */
function isOwnRefusal(url: string, detail: unknown): boolean {
  return url.includes("/auth/") || detail === "Only a kiosk has visits";
}
