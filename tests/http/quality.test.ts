import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { handshakeRefusal } from "../support/sockets.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
beforeAll(async () => {
  server = await startServer({ ALLOWED_ORIGINS: "https://shop.example,http://localhost:5173" });
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
});
afterAll(() => server.close());

/** Sends bytes as they are, and reads until the server hangs up. */
async function raw(bytes: string): Promise<{ status: number; headers: string; body: string }> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    answer += chunk;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  const [headers = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(headers.split(" ")[1]), headers: headers.toLowerCase(), body };
}

describe("what is no good request", () => {
  it.each([
    ["no HTTP", "GARBAGE\r\n\r\n", 400],
    ["an unknown method", "FROB / HTTP/1.1\r\nhost: x\r\n\r\n", 400],
    ["headers beyond all measure", `GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("[O30] %s is answered with a problem, then the server hangs up", async (_what, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toContain("application/problem+json");
    expect(answer.headers).toContain("nosniff");
    expect(JSON.parse(answer.body)).toMatchObject({ status, code: "invalid_request", requestId: expect.any(String) });
  });

  it.each([
    ["an address that can't be read", "GET", "/%zz", 400],
    ["an id longer than any", "GET", `/api/v1/genres/${"x".repeat(300)}`, 404],
    ["a file outside of what is served", "GET", "/assets/%2e%2e/%2e%2e/package.json", 404],
    ["a page that is not there", "GET", "/nowhere", 404],
    ["a route that is not there", "GET", "/api/v1/nowhere", 404],
    ["a method that is not there", "DELETE", "/api/v1/settings", 405],
    ["a method from another world", "PROPFIND", "/api/v1/genres", 405],
    ["a change of what only answers", "POST", "/metrics", 405],
  ])("[O30] %s is a problem: %s %s", async (_what, method, path, status) => {
    const answer = await fetch(server.url + path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.has("content-security-policy")).toBe(true);
    const problem = await answer.json();
    expect(problem).toMatchObject({ status, code: expect.any(String), requestId: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain(path.slice(1, 40));
    if (status === 405) expect(answer.headers.get("allow")).toMatch(/GET, HEAD/);
  });

  it.each([
    ["a body that breaks off", '{"name":', "application/json", 400],
    ["a body that is no object", "[]", "application/json", 400],
    ["a name that scripts treat apart", '{"__proto__":{"name":"x"}}', "application/json", 400],
    ["another type", "name=x", "application/x-www-form-urlencoded", 415],
    ["no type", "name=x", "", 415],
  ])("[O30] %s is refused, by name", async (_what, body, type, status) => {
    const headers = { "content-type": type, authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.url}/api/v1/genres`, { method: "POST", headers, body: Buffer.from(body) });
    expect(answer.status).toBe(status);
    expect((await answer.json()).code).toBe(status === 415 ? "unsupported_media_type" : "invalid_request");
  });
});

describe("answers that may be spared", () => {
  it("[O31] one who has this version is told so in a few bytes; any other version comes whole", async () => {
    const { id } = (await call("POST", "/genres", { name: "Western" }, { token })).body;
    const path = `/genres/${id}`;
    const read = (known: string, method = "GET") =>
      call(method, path, undefined, { headers: { "if-none-match": known } });
    const fresh = await call("GET", path);
    expect(fresh.headers.get("etag")).toBe('"1"');
    expect(fresh.headers.get("cache-control")).toBe("private, no-cache");
    for (const known of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
      const spared = await read(known);
      expect([spared.status, spared.body, spared.headers.get("etag")]).toEqual([304, "", '"1"']);
    }
    expect((await read('"1"', "HEAD")).status).toBe(304);
    await call("PATCH", path, { name: "Neo-western" }, { token });
    expect((await read('"1"')).body).toMatchObject({ name: "Neo-western", version: 2 });
    expect((await read("1")).status).toBe(200);
  });

  it("[O31] what says more than its version is never spared, and nothing of the API is kept unseen", async () => {
    const all = { "if-none-match": "*" };
    for (const path of ["/settings", "/me", "/genres", "/films"]) {
      const answer = await call("GET", path, undefined, { token, headers: all });
      expect([path, answer.status, answer.headers.get("cache-control")]).toEqual([path, 200, "no-store"]);
    }
    const refused = await call("GET", "/genres/gen_none", undefined, { headers: all });
    expect([refused.status, refused.headers.get("cache-control")]).toEqual([404, "no-store"]);
  });
});

describe("origins", () => {
  const OWN = "own";
  it.each([
    [OWN, true],
    [undefined, true],
    ["https://shop.example", true],
    ["http://localhost:5173", true],
    ["null", false],
    ["", false],
    ["https://evil.example", false],
    ["http://shop.example", false],
    ["https://shop.example:8443", false],
    ["https://shop.example.evil.example", false],
    ["https://evilshop.example", false],
    ["https://shop.example@evil.example", false],
    ["https://evil.example/https://shop.example", false],
    ["https://shop.example/", false],
    ["https://sub.shop.example", false],
    ["https://shop.example, https://evil.example", false],
    ["http://localhost", false],
    ["http://localhost:51730", false],
    ["file://", false],
    ["javascript://shop.example", false],
    ["https://shop.example.", false],
  ])("[O32] %s: %s, for calls, cookies and sockets alike", async (origin, isAllowed) => {
    const value = origin === OWN ? server.url : origin;
    const headers: Record<string, string> = value === undefined ? {} : { origin: value };
    const guest = await call("POST", "/auth/guest", {}, { headers });
    expect(guest.status).toBe(isAllowed ? 201 : 403);
    const renewed = await call("POST", "/auth/refresh", {}, { headers, cookie: "butaca_customer=x" });
    expect(renewed.body.code).toBe(isAllowed ? "unauthorized" : "forbidden");
    const readable = (await call("GET", "/genres", undefined, { headers })).headers.get("access-control-allow-origin");
    const isOther = isAllowed && value !== undefined && origin !== OWN;
    expect(readable).toBe(isOther ? value : null);
    const auth = { token: isAllowed ? guest.body.token : token, protocol: 1 };
    expect(await handshakeRefusal(server.url, { auth, headers })).toBe(isAllowed ? "connected" : "forbidden");
  });
});

describe("behind TLS and proxies", () => {
  it("[O33] cookies are for TLS alone and browsers are held to it where the address says https", async () => {
    const secure = await startServer({ PUBLIC_URL: "https://cinema.example" });
    try {
      const answer = await api(secure.url)("POST", "/auth/login", ADMIN);
      expect(answer.headers.getSetCookie()[0]).toMatch(/; Path=\/api\/v1\/auth; HttpOnly; Secure; SameSite=Strict$/);
      expect(answer.headers.get("strict-transport-security")).toMatch(/^max-age=\d{7,}$/);
    } finally {
      await secure.close();
    }
    expect((await call("GET", "/config")).headers.has("strict-transport-security")).toBe(false);
  });

  it.each([
    ["loopback", true],
    ["", false],
  ])(
    "[O34] limits count the real address; X-Forwarded-For counts from a trusted proxy alone (TRUST_PROXY=%s)",
    async (trusted, isHeard) => {
      const limited = await startServer({ RATE_LIMITS: "on", TRUST_PROXY: trusted });
      try {
        const guess = (from: string) =>
          api(limited.url)("POST", "/auth/device", { code: "AAAA-AAAA" }, { headers: { "x-forwarded-for": from } });
        for (let at = 0; at < 10; at++) await guess("198.51.100.1");
        const answers = [await guess("198.51.100.1"), await guess("203.0.113.7, 198.51.100.2")];
        expect(answers.map(({ status }) => status)).toEqual(isHeard ? [429, 401] : [429, 429]);
        expect(Number(answers[0]?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
        const { body } = await api(limited.url)("POST", "/auth/login", ADMIN);
        const rows = await api(limited.url)("GET", "/audit?action=device.enrol", undefined, { token: body.token });
        const from = new Set(rows.body.items.map((row: { from: string }) => row.from));
        expect(from).toEqual(new Set(isHeard ? ["198.51.100.1", "198.51.100.2"] : ["127.0.0.1"]));
      } finally {
        await limited.close();
      }
    },
  );
});

describe("what is asked for is what is meant", () => {
  it("[O87] a 401 says by what header to come in", async () => {
    for (const answer of [await call("GET", "/users"), await call("GET", "/genres", undefined, { token: "junk" })])
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await call("GET", "/genres")).headers.has("www-authenticate")).toBe(false);
  });

  it.each(["1e1", "0x10", "%205", "5.0", "1,000", "-1", "9".repeat(20)])(
    "[O88] ?limit=%s is no number",
    async (limit) => {
      const answer = await call("GET", `/genres?limit=${limit}`);
      expect([answer.status, answer.body.errors?.[0].path]).toEqual([400, "limit"]);
    },
  );

  it("[O88] a cursor made elsewhere is refused, not taken for the end", async () => {
    const lists = ["/genres", "/users", "/orders", "/audit", "/tickets/revocations"];
    for (const list of lists) {
      const answer = await call("GET", `${list}?cursor=bm90aGluZw`, undefined, { token });
      expect([list, answer.status, answer.body.errors?.[0].path]).toEqual([list, 400, "cursor"]);
    }
  });

  it("[O89] a body of nonsense is answered with its first faults", async () => {
    const nonsense = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, n]));
    const answer = await call("POST", "/auth/login", nonsense);
    expect([answer.status, answer.body.errors.length]).toEqual([400, 200]);
  });

  it.each(["a\u0000b", "half \ud83d", "bell\u0007", "\u001b[31mred", "delete\u007f"])(
    "[U101] %j is no name",
    async (name) => {
      const answer = await call("POST", "/genres", { name }, { token });
      expect([answer.status, answer.body.errors?.[0].path]).toEqual([400, "name"]);
    },
  );

  it("[U101] names are what any script and any keyboard writes", async () => {
    for (const name of ["日本映画", "Ciencia ficcio\u0301n", "Pour les 👨‍👩‍👧", "سينما"]) {
      const answer = await call("POST", "/genres", { name }, { token });
      expect([answer.status, answer.body.name]).toEqual([201, name]);
    }
  });

  it("[A94] a password is the same however a keyboard makes its accents", async () => {
    const account = { name: "Zoe", email: "zoe@example.test", password: "contrase\u00f1a n\u00famero tres" };
    expect((await call("POST", "/auth/register", account)).status).toBe(201);
    const typed = { email: account.email, password: "contrasen\u0303a nu\u0301mero tres" };
    expect((await call("POST", "/auth/login", typed)).status).toBe(200);
    const other = { email: account.email, password: "contrasena numero tres" };
    expect((await call("POST", "/auth/login", other)).status).toBe(401);
  });
});
