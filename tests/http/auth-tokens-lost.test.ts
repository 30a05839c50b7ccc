/** Whoever loses what a token stands for - a session, an account, a device, a role - against a whole server. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CUT_WITHIN_MS, cutAt, type Holders, openHolders, PASSWORD } from "../support/holders.ts";
import { eventually } from "../support/poll.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { handshakeRefusal } from "../support/sockets.ts";

let server: TestServer;
let holders: Holders;
let call: Holders["call"];

beforeAll(async () => {
  server = await startServer();
  holders = await openHolders(server);
  ({ call } = holders);
});
afterEach(() => holders.leave());
afterAll(() => server.close());

describe("what a token stands for is taken away", () => {
  /** Ways to lose what one has: who has it, and what takes it. */
  const LOSSES: [name: string, lose: () => Promise<{ token: string; take: () => Promise<{ status: number }> }>][] = [
    [
      "a customer signs out",
      async () => {
        const { token } = await holders.register();
        return { token, take: () => call("POST", "/auth/logout", {}, { token }) };
      },
    ],
    [
      "a guest signs out",
      async () => {
        const { token } = (await call("POST", "/auth/guest", {})).body;
        return { token, take: () => call("POST", "/auth/logout", {}, { token }) };
      },
    ],
    [
      "a customer is disabled",
      async () => {
        const { id, token } = await holders.register();
        const as = { token: holders.stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { status: "disabled" }, as) };
      },
    ],
    [
      "a clerk is disabled",
      async () => {
        const { id, token } = await holders.clerk(["rol_box_office"]);
        const as = { token: holders.stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { status: "disabled" }, as) };
      },
    ],
    [
      "somebody gets a new password from the administrator",
      async () => {
        const { id, token } = await holders.clerk(["rol_box_office"]);
        const as = { token: holders.stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { password: "another long phrase" }, as) };
      },
    ],
    [
      "somebody changes their password elsewhere",
      async () => {
        const { token, credentials } = await holders.register();
        const elsewhere = (await call("POST", "/auth/login", credentials)).body.token;
        const body = { currentPassword: PASSWORD, newPassword: "another long phrase" };
        return { token, take: () => call("PUT", "/me/password", body, { token: elsewhere }) };
      },
    ],
    [
      "a forgotten password is set by its code",
      async () => {
        const { id, token } = await holders.register();
        const issued = await call("POST", `/users/${id}/password-link`, undefined, { token: holders.stage.adminToken });
        const body = { code: issued.body.code, password: "another long phrase" };
        return { token, take: () => call("PUT", "/auth/password-reset", body) };
      },
    ],
    [
      "a customer is forgotten",
      async () => {
        const { token } = await holders.register();
        return { token, take: () => call("DELETE", "/me", undefined, { token }) };
      },
    ],
    [
      "a device is revoked",
      async () => {
        const { id, token } = await holders.enrol();
        return { token, take: () => call("DELETE", `/devices/${id}`, undefined, { token: holders.stage.adminToken }) };
      },
    ],
  ];

  it("[A72 A83] whoever loses their session, account or device is cut within 5 s and does nothing afterwards", async () => {
    const lost = LOSSES.map(async ([name, lose], row) => {
      const { token, take } = await lose();
      const client = await holders.enter(token);
      const wasCut = cutAt(client);
      const taken = await take();
      expect(taken.status, name).toBeLessThan(300);
      const at = Date.now();
      const late = holders.hold(client, `B${row + 1}`).catch(() => ({ ok: false }));
      expect((await wasCut) - at, name).toBeLessThan(CUT_WITHIN_MS);
      expect((await late).ok, name).toBe(false);
      expect(await holders.stateOf(`B${row + 1}`), name).toBe("A");
      expect((await call("GET", "/genres", undefined, { token })).status, name).toBe(401);
      expect(await handshakeRefusal(server.url, { auth: { token, protocol: 1 } }), name).toBe("unauthorized");
    });
    await Promise.all(lost);
  }, 20_000);

  it("[A83] a role that is taken away counts within 5 s, on HTTP and on an open socket", async () => {
    const { id, token } = await holders.clerk(["rol_box_office"]);
    const client = await holders.enter(token);
    expect((await client.ask("seats:watch-details", { showtimeId: holders.stage.showtimeId })).ok).toBe(true);
    await call("PATCH", `/users/${id}`, { roleIds: [] }, { token: holders.stage.adminToken });
    const at = Date.now();
    await eventually(async () => (await call("GET", "/orders", undefined, { token })).status === 403, CUT_WITHIN_MS);
    const back = client.socket.connected ? client : await holders.enter(token);
    expect(await back.ask("seats:watch-details", { showtimeId: holders.stage.showtimeId })).toMatchObject({
      error: { code: "forbidden" },
    });
    expect(Date.now() - at).toBeLessThan(CUT_WITHIN_MS);
  });

  it("[A72] the session that changed its password keeps its socket", async () => {
    const { token } = await holders.register();
    const client = await holders.enter(token);
    const body = { currentPassword: PASSWORD, newPassword: "another long phrase" };
    expect((await call("PUT", "/me/password", body, { token })).status).toBe(204);
    expect((await client.ask("occupancy:watch", {})).ok).toBe(true);
    expect(client.socket.connected).toBe(true);
  });
});
