import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { captureStdout } from "../support/stdout.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
let stdout: ReturnType<typeof captureStdout>;

beforeAll(async () => {
  stdout = captureStdout();
  server = await startServer({ LOG_LEVEL: "trace" });
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
});
afterAll(async () => {
  await server.close();
  stdout.release();
});

interface Row {
  actor: { kind: string; id: string };
  action: string;
  count: number;
}
const rows = async (): Promise<Row[]> => (await call("GET", "/audit?limit=200", undefined, { token })).body.items;

describe("the book of who did what", () => {
  it("[A23] changes are written with who, what, on what and from where", async () => {
    const device = (await call("POST", "/devices", { name: "Door", kind: "scanner" }, { token })).body;
    const me = (await call("GET", "/me", undefined, { token })).body;
    expect((await rows()).find(({ action }) => action === "device.create")).toMatchObject({
      actor: { kind: "staff", id: me.id },
      subject: device.id,
      outcome: "done",
      from: "127.0.0.1",
      count: 1,
    });
    expect((await call("GET", "/audit/verify", undefined, { token })).body).toMatchObject({ ok: true });
  });

  it("[A25] denials are there at once, repeats in one row", async () => {
    const guest = (await call("POST", "/auth/guest", {})).body.token;
    for (let at = 0; at < 7; at++) await call("GET", "/users", undefined, { token: guest });
    for (let at = 0; at < 3; at++) await call("GET", "/users");
    const denied = (await rows()).filter(({ action }) => action === "GET /api/v1/users");
    expect(denied.map(({ count, actor }) => [actor.kind, count]).sort()).toEqual([
      ["guest", 7],
      ["nobody", 3],
    ]);
  });

  it("[A30] no password, token, code or cookie is ever printed or written down", async () => {
    const registration = { name: "Eva", email: "eva@cinema.test", password: "secret-of-eva-77" };
    const registered = await call("POST", "/auth/register", registration);
    const wrong = { email: ADMIN.email, password: "guess-of-mallory-99" };
    await call("POST", "/auth/login", wrong);
    await call("POST", "/auth/login", { ...wrong, extra: "x" });
    const device = (await call("POST", "/devices", { name: "Kiosk", kind: "kiosk" }, { token })).body;
    const enrolled = await call("POST", "/auth/device", { code: device.enrolmentCode });
    const cookie = registered.headers.getSetCookie()[0]?.split(";")[0] as string;
    await call("POST", "/auth/refresh", {}, { cookie });
    await call("GET", `/films?token=${token}`, undefined, { token });
    const book = JSON.stringify(await rows());
    const secrets = {
      adminPassword: ADMIN.password,
      password: registration.password,
      guess: wrong.password,
      token,
      customerToken: registered.body.token,
      deviceToken: enrolled.body.token,
      code: device.enrolmentCode,
      cookie: cookie.split("=")[1] as string,
    };
    const log = stdout.text();
    expect(log).toContain("request completed");
    for (const [name, secret] of Object.entries(secrets)) {
      expect(log.includes(secret), `${name} in the log`).toBe(false);
      expect(book.includes(secret), `${name} in the audit`).toBe(false);
    }
  });
});
