import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { connect, handshakeRefusal } from "../support/sockets.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
beforeAll(async () => {
  server = await startServer();
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
});
afterAll(() => server.close());

const create = (kind = "kiosk") => call("POST", "/devices", { name: "Lobby 1", kind }, { token });
const enrol = (code: string) => call("POST", "/auth/device", { code });

describe("devices over HTTP", () => {
  it("[A14] a device is enrolled by its code, which is shown once", async () => {
    const created = await create();
    expect(created.status).toBe(201);
    const { id, enrolmentCode } = created.body;
    expect(created.headers.get("location")).toBe(`/api/v1/devices/${id}`);
    const read = await call("GET", `/devices/${id}`, undefined, { token });
    expect(read.body).toMatchObject({ id, status: "waiting", kind: "kiosk" });
    expect(JSON.stringify(read.body)).not.toContain("ode");
    const enrolled = await enrol(enrolmentCode);
    expect(enrolled).toMatchObject({ status: 201, body: { device: { id, status: "active" } } });
    const [cookie = ""] = enrolled.headers.getSetCookie();
    expect(cookie).toMatch(/^butaca_device=.*HttpOnly; SameSite=Strict$/);
    expect((await enrol(enrolmentCode)).status).toBe(401);
    expect((await call("POST", "/auth/refresh", { class: "device" }, { cookie })).body.device.id).toBe(id);
  });

  it("[A17] a kiosk begins a visit with its own token or the visit's", async () => {
    const kiosk = (await enrol((await create()).body.enrolmentCode)).body.token;
    const first = await call("POST", "/auth/device/visit", {}, { token: kiosk });
    expect(first.status).toBe(201);
    const second = await call("POST", "/auth/device/visit", {}, { token: first.body.token });
    expect(Object.keys(second.body).sort()).toEqual(["expiresAt", "token"]);
    const guest = (await call("POST", "/auth/guest", {})).body.token;
    expect((await call("POST", "/auth/device/visit", {}, { token: guest })).status).toBe(403);
  });

  it("[A16] a revoked device is out at once and stays in the list", async () => {
    const { id, enrolmentCode } = (await create()).body;
    const enrolled = await enrol(enrolmentCode);
    const [cookie = ""] = enrolled.headers.getSetCookie();
    expect((await call("DELETE", `/devices/${id}`, undefined, { token })).status).toBe(204);
    expect((await call("POST", "/auth/device/visit", {}, { token: enrolled.body.token })).status).toBe(401);
    const refused = await call("POST", "/auth/refresh", {}, { cookie });
    expect(refused.status).toBe(401);
    expect(refused.headers.getSetCookie()[0]).toMatch(/Max-Age=0/);
    const list = await call("GET", "/devices?limit=200", undefined, { token });
    expect(list.body.items.find((one: { id: string }) => one.id === id)).toMatchObject({ status: "revoked" });
    expect((await call("DELETE", "/devices/dev_none", undefined, { token })).status).toBe(404);
  });

  it("[A26] lists go page by page, a stale version changes nothing", async () => {
    for (let at = 0; at < 3; at++) await create("scanner");
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await call(
        "GET",
        `/devices?limit=2&cursor=${cursor}`,
        undefined,
        { token },
      );
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    const path = `/devices/${seen[0]}`;
    const version = (await call("GET", path, undefined, { token })).headers.get("etag") as string;
    const rename = (name: string) => call("PATCH", path, { name }, { token, headers: { "if-match": version } });
    expect((await rename("New name")).body.name).toBe("New name");
    expect(await rename("Late name")).toMatchObject({ status: 412, body: { code: "version_conflict" } });
    expect((await call("PATCH", path, { kind: "kiosk" }, { token })).status).toBe(400);
  });

  it("[U31] a change of nothing is none, and stale all the same when it is", async () => {
    const { id } = (await create()).body;
    const nothing = (version: number) =>
      call("PATCH", `/devices/${id}`, {}, { token, headers: { "if-match": `"${version}"` } });
    expect(await nothing(1)).toMatchObject({ status: 200, body: { version: 1 } });
    expect((await nothing(7)).body.code).toBe("version_conflict");
  });
});

describe("a device about itself", () => {
  it("[A58] says how it is, with its own token or a visit's; nobody else may", async () => {
    const { id, enrolmentCode } = (await create()).body;
    const kiosk = (await enrol(enrolmentCode)).body.token;
    const visit = (await call("POST", "/auth/device/visit", {}, { token: kiosk })).body.token;
    const say = (as: string | undefined, body: object) => call("PUT", "/devices/me/health", body, { token: as });
    expect((await say(kiosk, { appVersion: "1.0", printer: "failed" })).status).toBe(204);
    expect((await say(visit, { appVersion: "1.1", printer: "ok", paper: "unknown", payment: "failed" })).status).toBe(
      204,
    );
    expect((await call("GET", `/devices/${id}`, undefined, { token })).body).toMatchObject({
      ...{
        appVersion: "1.1",
        health: { printer: "ok", paper: "unknown", payment: "failed" },
        lastSeenAt: expect.any(String),
        version: 2,
      },
    });
    expect((await say(token, {})).status).toBe(403);
    expect((await say(undefined, {})).status).toBe(401);
    expect((await say(kiosk, { printer: "on fire" })).body.errors[0].path).toBe("printer");
  });

  it("[A57] a new code for a device that was set up anew comes over HTTP, once, by version", async () => {
    const { id } = (await create()).body;
    const path = `/devices/${id}/enrolment-code`;
    const renew = (version: string) => call("POST", path, undefined, { token, headers: { "if-match": version } });
    const renewed = await renew('"1"');
    expect(renewed).toMatchObject({ status: 201, body: { id, enrolmentExpiresAt: expect.any(String) } });
    expect(renewed.headers.get("location")).toBe(`/api/v1/devices/${id}`);
    expect((await renew('"1"')).body.code).toBe("version_conflict");
    expect((await enrol(renewed.body.enrolmentCode)).body.device.id).toBe(id);
    expect((await call("POST", "/devices/dev_none/enrolment-code", undefined, { token })).status).toBe(404);
    await call("DELETE", `/devices/${id}`, undefined, { token });
    expect((await call("POST", path, undefined, { token })).body.code).toBe("revoked");
  });

  it("[A60] a browser asks whether there is a session to renew, and is never refused", async () => {
    expect((await call("GET", "/auth/sessions")).body).toEqual({ classes: [] });
    const { headers } = await enrol((await create()).body.enrolmentCode);
    const [cookie = ""] = headers.getSetCookie();
    const asked = await call("GET", "/auth/sessions", undefined, { cookie });
    expect(asked.body).toEqual({ classes: ["device"] });
    expect(asked.headers.get("cache-control")).toBe("no-store");
  });
});

describe.skipIf(!hasRedis)("devices on two servers", () => {
  let redis: TestRedis;
  const servers: TestServer[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    servers.push(await startServer({ REDIS_URL: redis.url }));
    servers.push(await startServer({ REDIS_URL: redis.url, DATA_DIR: servers[0]?.dataDir ?? "" }));
  });
  afterAll(async () => {
    for (const each of servers.reverse()) await each.close();
    await redis.stop();
  });

  it("[A50] each of them writes its own chain, and either verifies both", async () => {
    for (const [at, { url }] of servers.entries()) {
      const calls = api(url);
      const admin = (await calls("POST", "/auth/login", ADMIN)).body.token;
      await calls("POST", "/genres", { name: `Genre ${at}` }, { token: admin });
      const { body } = await calls("GET", `/audit?action=genre.create`, undefined, { token: admin });
      expect(body.items[0]).toMatchObject({ chain: `server-${at + 1}`, details: { name: `Genre ${at}` } });
      expect((await calls("GET", "/audit/verify", undefined, { token: admin })).body).toMatchObject({
        ok: true,
        open: [],
      });
    }
  });

  it("[A59] a device that is revoked here loses its sockets there within 5 s; others keep theirs", async () => {
    const [here, there] = servers as [TestServer, TestServer];
    const near = api(here.url);
    const admin = (await near("POST", "/auth/login", ADMIN)).body.token;
    const open = async () => {
      const made = (await near("POST", "/devices", { name: "Lobby", kind: "kiosk" }, { token: admin })).body;
      const kiosk = (await near("POST", "/auth/device", { code: made.enrolmentCode })).body.token;
      const visit = (await near("POST", "/auth/device/visit", {}, { token: kiosk })).body.token;
      const sockets = await Promise.all([
        connect(there.url, kiosk),
        connect(there.url, visit),
        connect(here.url, visit),
      ]);
      return { id: made.id as string, visit: visit as string, sockets };
    };
    const [revoked, other] = [await open(), await open()];
    await near("DELETE", `/devices/${revoked.id}`, undefined, { token: admin });
    await eventually(() => revoked.sockets.every(({ socket }) => !socket.connected), 5_000, "the sockets' end");
    expect(await handshakeRefusal(there.url, { auth: { token: revoked.visit, protocol: 1 } })).toBe("unauthorized");
    expect(other.sockets.every(({ socket }) => socket.connected)).toBe(true);
    for (const { socket } of other.sockets) socket.disconnect();
  });
});
