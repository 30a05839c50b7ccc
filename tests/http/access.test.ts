import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import type { Access } from "../../server/http/access.ts";
import { PERMISSIONS, type Permission } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

/** Who asks: every class of token, and one member of staff per permission. */
const CLASSES = ["nobody", "guest", "customer", "kiosk", "box-office", "scanner"] as const;
type Caller = (typeof CLASSES)[number] | Permission;
const CALLERS: readonly Caller[] = [...CLASSES, ...PERMISSIONS];
const BUYERS: ReadonlySet<Caller> = new Set(["guest", "customer", "kiosk", "sell"]);

interface Route {
  method: string;
  url: string;
  access: Access;
}

let server: TestServer;
let call: ReturnType<typeof api>;
const tokens = new Map<Caller, string | undefined>();
let routes: Route[];

beforeAll(async () => {
  server = await startServer();
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
  tokens.set("guest", (await post("/auth/guest", {})).token);
  const customer = { name: "C", email: "c@cinema.test", password: "long enough" };
  tokens.set("customer", (await call("POST", "/auth/register", customer)).body.token);
  for (const kind of ["kiosk", "box-office", "scanner"] as const) {
    const { enrolmentCode } = await post("/devices", { name: kind, kind });
    tokens.set(kind, (await call("POST", "/auth/device", { code: enrolmentCode })).body.token);
  }
  for (const permission of PERMISSIONS) {
    const role = await post("/roles", { name: permission, permissions: [permission] });
    const credentials = { email: `${permission.replace(":", ".")}@cinema.test`, password: "long enough" };
    await post("/users", { name: permission, ...credentials, roleIds: [role.id] });
    tokens.set(permission, (await call("POST", "/auth/login", credentials)).body.token);
  }
}

/** What the route's own words mean for a caller. */
function mayCall(access: Access, who: Caller): boolean {
  if (access === "public") return true;
  if (who === "nobody") return false;
  if (access === "any") return true;
  if (access === "buyer") return BUYERS.has(who);
  const isStaff = (PERMISSIONS as readonly string[]).includes(who);
  const isDevice = who === "kiosk" || who === "box-office" || who === "scanner";
  const tokenClass = isStaff ? "staff" : isDevice ? "device" : who;
  if ("classes" in access) return (access.classes as readonly string[]).includes(tokenClass);
  // Each of these callers has one permission alone.
  if ("permissions" in access) return false;
  return who === access.permission || (who === "scanner" && access.permission === "tickets:check");
}

/** The house's own table, apart from what the code says: permission by the first part of the path. */
const GUARDS: readonly [pattern: RegExp, permission: Permission][] = [
  [/^(POST|PUT|PATCH|DELETE) \/api\/v1\/(genres|films|auditoriums|ticket-types)(\/|$)/, "catalogue:write"],
  [/^(POST|PATCH|DELETE) \/api\/v1\/showtimes(\/:id)?$/, "showtimes:write"],
  [/\/blocks$/, "seats:block"],
  [/ \/api\/v1\/users(\/|$)/, "users:write"],
  [/ \/api\/v1\/roles(\/|$)/, "roles:write"],
  [/ \/api\/v1\/devices(\/|$)/, "devices:write"],
  [/^(PUT|PATCH) \/api\/v1\/settings/, "settings:write"],
  [/ \/api\/v1\/reports\//, "reports:read"],
  [/ \/api\/v1\/audit(\/|$)/, "audit:read"],
  [/ \/api\/v1\/tickets\//, "tickets:check"],
];
/** Changes that anybody may ask for: coming in, and what a provider signs. */
const OPEN_CHANGES =
  /\/api\/v1\/(auth\/(guest|register|login|refresh|logout|device|password-reset)|payments\/webhooks\/:provider)$/;

describe("who may call what", () => {
  it("[A31] each route asks for the permission of the house's table", () => {
    for (const { method, url, access } of routes) {
      const guard = GUARDS.find(([pattern]) => pattern.test(`${method} ${url}`));
      if (guard !== undefined) expect(access, `${method} ${url}`).toEqual({ permission: guard[1] });
      if (access === "public" && method !== "GET") expect(`${method} ${url}`).toMatch(OPEN_CHANGES);
    }
    expect(routes.length).toBeGreaterThan(30);
  });

  it("[A31] every route is closed to every caller it does not name, and open to those it does", async () => {
    const wrong: string[] = [];
    let pairs = 0;
    for (const { method, url, access } of routes) {
      // Ends the session that calls it; has tests of its own.
      if (url.endsWith("/auth/logout")) continue;
      const path = url.replace("/api/v1", "").replace(/:[a-zA-Z]+/g, "nothing");
      for (const who of CALLERS) {
        const body = method === "GET" || method === "DELETE" ? undefined : { nonsense: true };
        const { status, body: answer } = await call(method, path, body, { token: tokens.get(who) });
        const refused = status === 401 || status === 403;
        const expected = mayCall(access, who) ? false : who === "nobody" ? 401 : 403;
        if (expected === false ? refused && !isOwnRefusal(url, answer.detail) : status !== expected)
          wrong.push(`${who}: ${method} ${url} answered ${status}`);
        pairs++;
      }
    }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(30 * CALLERS.length - CALLERS.length);
  });

  it("[A31] each kind of denial is written down", async () => {
    const token = tokens.get("audit:read");
    const closed = routes.filter(({ access }) => access !== "public").map(({ method, url }) => `${method} ${url}`);
    const seen = new Set<string>();
    await eventually(async () => {
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: { body: { items: { action: string; outcome: string }[]; nextCursor: string | null } } = await call(
          "GET",
          `/audit?limit=200&cursor=${cursor}`,
          undefined,
          { token },
        );
        for (const { action, outcome } of page.body.items) if (outcome === "denied") seen.add(action);
        cursor = page.body.nextCursor;
      }
      return closed.every((action) => seen.has(action));
    });
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
