import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
beforeAll(async () => {
  server = await startServer();
  call = api(server.url);
});
afterAll(() => server.close());

const EVA_SIGNS_IN = { email: "eva@cinema.test", password: "una contraseña larga" };
const EVA = { name: "Eva", ...EVA_SIGNS_IN };

describe("sessions over HTTP", () => {
  it("[A4] a guest gets a token for 24 h", async () => {
    const guest = await call("POST", "/auth/guest", {});
    expect(guest.status).toBe(201);
    expect(guest.headers.get("cache-control")).toBe("no-store");
    expect(Date.parse(guest.body.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await call("POST", "/auth/guest", undefined, { token: guest.body.token })).status).toBe(201);
    expect(await call("GET", "/me", undefined, { token: guest.body.token })).toMatchObject({ status: 403 });
  });

  it("[A7] the administrator signs in as staff and reads who they are", async () => {
    const login = await call("POST", "/auth/login", ADMIN);
    expect(login.status).toBe(200);
    const me = await call("GET", "/me", undefined, { token: login.body.token });
    expect(me.body).toEqual(login.body.user);
    expect(me.body.permissions).toContain("users:write");
    expect(me.headers.get("etag")).toBe(`"${me.body.version}"`);
    expect(JSON.stringify(me.body)).not.toContain("argon2");
  });

  it("[A10] the cookie is for the sign-in routes alone, out of reach of scripts and other sites", async () => {
    const registered = await call("POST", "/auth/register", EVA);
    expect(registered.status).toBe(201);
    const [cookie = ""] = registered.headers.getSetCookie();
    expect(cookie).toMatch(
      /^butaca_customer=[\w-]{43}; Max-Age=2592000; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/,
    );
    expect(registered.body).not.toHaveProperty("refresh");
    const renewed = await call("POST", "/auth/refresh", {}, { cookie });
    expect(renewed.status).toBe(200);
    expect(renewed.headers.getSetCookie()[0]).not.toBe(cookie);
    expect((await call("GET", "/me", undefined, { token: renewed.body.token })).body.email).toBe(EVA.email);
  });

  it("[A93] who registers and says no language gets the first of their browser's that the house speaks", async () => {
    const languageOf = async (liked: string, more: object = {}) => {
      const person = { ...EVA, email: `${randomUUID()}@cinema.test`, ...more };
      const made = await call("POST", "/auth/register", person, { headers: { "accept-language": liked } });
      expect(made.status).toBe(201);
      return made.body.user.preferences;
    };
    expect(await languageOf("en-GB,en;q=0.9,es;q=0.8")).toEqual({ genreIds: [], language: "en" });
    expect(await languageOf("de, en;q=0.5")).toMatchObject({ language: "en" });
    expect(await languageOf("ca, es-ES;q=0.9, en;q=0.1")).toMatchObject({ language: "es" });
    expect(await languageOf("de")).toMatchObject({ language: "es" });
    expect(await languageOf("en", { preferences: { language: "fr" } })).toMatchObject({ language: "fr" });
  });

  it("[A10] with cookies of several classes the caller says which", async () => {
    const staff = (await call("POST", "/auth/login", ADMIN)).headers.getSetCookie()[0] as string;
    const customer = (await call("POST", "/auth/login", EVA_SIGNS_IN)).headers.getSetCookie()[0] as string;
    const cookie = [staff, customer].map((one) => one.split(";")[0]).join("; ");
    expect(await call("POST", "/auth/refresh", {}, { cookie })).toMatchObject({
      status: 400,
      body: { code: "invalid_request", errors: [{ path: "class" }] },
    });
    const renewed = await call("POST", "/auth/refresh", { class: "staff" }, { cookie });
    expect(renewed.body.user.email).toBe(ADMIN.email);
    expect(await call("POST", "/auth/refresh", { class: "device" }, { cookie })).toMatchObject({ status: 401 });
  });

  it("[A12] signing out by cookie or by token ends the session and clears the cookie", async () => {
    const login = await call("POST", "/auth/login", EVA_SIGNS_IN);
    const cookie = login.headers.getSetCookie()[0] as string;
    const out = await call("POST", "/auth/logout", {}, { cookie });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^butaca_customer=; Max-Age=0/);
    expect((await call("GET", "/me", undefined, { token: login.body.token })).status).toBe(401);
    expect((await call("POST", "/auth/refresh", {}, { cookie })).status).toBe(401);
    const again = await call("POST", "/auth/login", EVA_SIGNS_IN);
    expect((await call("POST", "/auth/logout", undefined, { token: again.body.token })).status).toBe(204);
    expect((await call("GET", "/me", undefined, { token: again.body.token })).status).toBe(401);
  });

  it.each([
    ["no body at all", undefined, ["email", "password"]],
    ["an unknown field", { ...ADMIN, extra: 1 }, ["extra"]],
    ["a number for a password", { email: "a@b.test", password: 7 }, ["password"]],
  ])("[A26] a login with %s is refused by field", async (_name, body, paths) => {
    const refused = await call("POST", "/auth/login", body);
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(refused.body.errors.map((one: { path: string }) => one.path)).toEqual(paths);
  });

  it("[A6] a short password, a bad address and a taken one are told", async () => {
    const short = await call("POST", "/auth/register", { ...EVA, email: "nope", password: "short" });
    expect(short.body.errors.map((one: { path: string }) => one.path)).toEqual(["email", "password"]);
    expect(await call("POST", "/auth/register", { ...EVA, email: "EVA@cinema.test" })).toMatchObject({
      status: 409,
      body: { code: "duplicate" },
    });
  });
});

describe("browsers", () => {
  it("[A27] every answer carries a strict policy", async () => {
    const { headers } = await fetch(`${server.url}/health/live`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each(["https://evil.test", "null", "http://localhost.evil.test", "file://"])(
    "[A28] a page of %s changes nothing",
    async (origin) => {
      const refused = await call("POST", "/auth/refresh", {}, { headers: { origin } });
      expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
      expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  it("[A28] our own pages may, and those of allowed origins after asking", async () => {
    expect((await call("POST", "/auth/guest", {}, { headers: { origin: server.url } })).status).toBe(201);
    const other = await startServer({ ALLOWED_ORIGINS: "https://shop.test" });
    try {
      const origin = "https://shop.test";
      const asked = await fetch(`${other.url}/api/v1/auth/guest`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
      expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
      const guest = await api(other.url)("POST", "/auth/guest", {}, { headers: { origin } });
      expect(guest.status).toBe(201);
      expect(guest.headers.get("access-control-allow-origin")).toBe(origin);
    } finally {
      await other.close();
    }
  });
});

describe("limits", () => {
  it("[A29] guests, guesses and all else are bounded per address, and the answer says when to come back", async () => {
    const limited = await startServer({ RATE_LIMITS: "on" });
    try {
      const many = api(limited.url);
      const guests = await Promise.all(Array.from({ length: 640 }, () => many("POST", "/auth/guest", {})));
      expect(guests.filter(({ status }) => status === 201)).toHaveLength(600);
      const refused = guests.find(({ status }) => status === 429);
      expect(refused?.body).toMatchObject({ code: "rate_limited" });
      expect(refused?.body.retryAfterMs).toBeGreaterThan(0);
      expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
      const codes = await Promise.all(Array.from({ length: 70 }, () => many("POST", "/auth/device", { code: "A" })));
      expect(codes.filter(({ status }) => status === 401)).toHaveLength(10);
      expect(codes.filter(({ status }) => status === 429)).toHaveLength(60);
      const ordinary = await Promise.all(Array.from({ length: 500 }, () => many("GET", "/genres")));
      expect(ordinary.every(({ status }) => status === 200)).toBe(true);
    } finally {
      await limited.close();
    }
  });
});

describe("keys of tickets", () => {
  it("[A3] are public, and public only", async () => {
    const answer = await fetch(`${server.url}/.well-known/jwks.json`);
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty("d");
  });
});
