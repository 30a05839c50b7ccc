import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

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
});
