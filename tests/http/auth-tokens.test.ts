/** Tokens that are bent, over or taken back, against a whole server: HTTP and sockets, every class. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../server/basics/clock.ts";
import { createKeys, type Keys } from "../../server/identity/keys.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { api } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type Stage, seatStates, setStage } from "../support/purchase.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { type Client, connect, handshakeRefusal } from "../support/sockets.ts";

const CLASSES = ["guest", "customer", "staff", "device"] as const;
type TokenClass = (typeof CLASSES)[number];

/** What a socket may take to be cut when its token counts no more. */
const CUT_WITHIN_MS = 5_000;
const PASSWORD = "una frase bastante larga";

let dataDir: string;
let keys: Keys;
let server: TestServer;
let call: ReturnType<typeof api>;
let stage: Stage;
const subjects = new Map<TokenClass, string>();
const clients: Client[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "butaca-tokens-"));
  // The server's own keys, rotated once: made before it starts, so that the test can sign with either.
  const store = await openEmbeddedStore({ dataDir });
  keys = createKeys({ store, clock: systemClock });
  for (const use of CLASSES) {
    old.set(use, await keys.signing(use));
    await keys.rotate(use);
  }
  await store.close();
  server = await startServer({ DATA_DIR: dataDir });
  call = api(server.url);
  stage = await setStage(server.url);
  subjects.set("guest", `ses_${randomUUID().replaceAll("-", "")}`);
  subjects.set("customer", (await register()).id);
  subjects.set("staff", (await call("GET", "/me", undefined, { token: stage.adminToken })).body.id);
  subjects.set("device", (await enrol()).id);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const old = new Map<TokenClass, Awaited<ReturnType<Keys["signing"]>>>();

async function register() {
  const credentials = { email: `${randomUUID()}@cinema.test`, password: PASSWORD };
  const { body } = await call("POST", "/auth/register", { name: "Eva", ...credentials });
  return { id: body.user.id as string, token: body.token as string, credentials };
}

async function enrol(kind = "kiosk") {
  const made = await call("POST", "/devices", { name: "K", kind }, { token: stage.adminToken });
  const enrolled = await call("POST", "/auth/device", { code: made.body.enrolmentCode });
  return { id: made.body.id as string, token: enrolled.body.token as string };
}

async function clerk(roleIds: string[]) {
  const credentials = { email: `${randomUUID()}@cinema.test`, password: PASSWORD };
  const made = await call("POST", "/users", { name: "C", ...credentials, roleIds }, { token: stage.adminToken });
  const { token } = (await call("POST", "/auth/login", credentials)).body;
  return { id: made.body.id as string, token: token as string, credentials };
}

interface Bent {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
  lifeS?: number;
  sessionId?: string;
}

/** A token as the server would sign it, bent where the case says so. */
async function forge(tokenClass: TokenClass, { header, claims, key, lifeS = 600, sessionId }: Bent = {}) {
  const newest = await keys.signing(tokenClass);
  const subject = subjects.get(tokenClass) ?? "";
  const now = Date.now() / 1000;
  const device = tokenClass === "device" ? { dev: subject, kind: "kiosk" } : {};
  const own = tokenClass === "guest" ? subject : `ses_${randomUUID().replaceAll("-", "")}`;
  return new SignJWT({
    ...{ sid: sessionId ?? own, sub: subject, jti: randomUUID(), iat: now, exp: Math.floor(now) + lifeS },
    ...{ iss: "butaca", aud: `butaca:${tokenClass}`, ...device, ...claims },
  })
    .setProtectedHeader({ alg: "EdDSA", kid: newest.kid, typ: `${tokenClass}+jwt`, ...header })
    .sign(key ?? newest.key);
}

const SECRET = new TextEncoder().encode("0123456789abcdef0123456789abcdef");
const other = (tokenClass: TokenClass) => (tokenClass === "staff" ? "customer" : "staff");
const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const FAULTS: [name: string, bend: (tokenClass: TokenClass) => Promise<string>][] = [
  ["over for 6 s", (tokenClass) => forge(tokenClass, { lifeS: -6 })],
  ["without an end", (tokenClass) => forge(tokenClass, { claims: { exp: undefined } })],
  ["the audience of another class", (one) => forge(one, { claims: { aud: `butaca:${other(one)}` } })],
  ["the type of another class", (one) => forge(one, { header: { typ: `${other(one)}+jwt` } })],
  ["a type that is none", (one) => forge(one, { header: { typ: "JWT" } })],
  ["an unknown kid", (one) => forge(one, { header: { kid: "unknown" } })],
  ["the kid of another class", async (one) => forge(one, { header: { kid: (await keys.signing(other(one))).kid } })],
  ["somebody else's key", async (one) => forge(one, { key: (await generateKeyPair("EdDSA")).privateKey })],
  ["HMAC instead of a signature", (one) => forge(one, { header: { alg: "HS256" }, key: SECRET })],
  ["another's claims under a good signature", otherClaims],
];

async function otherClaims(tokenClass: TokenClass): Promise<string> {
  const [head, body = "", signature] = (await forge(tokenClass)).split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  return [head, b64({ ...claims, exp: claims.exp + 1 }), signature].join(".");
}

const CASES = CLASSES.flatMap((tokenClass) => FAULTS.map(([name, bend]) => ({ tokenClass, name, bend })));

async function enter(token: string): Promise<Client> {
  const client = await connect(server.url, token);
  clients.push(client);
  return client;
}

const holdOf = (client: Client, seat: string) =>
  client.ask("seats:hold", { requestId: randomUUID(), showtimeId: stage.showtimeId, seats: [seat] });
const stateOf = async (seat: string) => (await seatStates(server.url, stage)).get(seat);

/** When the server ended a connection, for those who look at it later. */
function cutAt({ socket }: Client): Promise<number> {
  return new Promise((resolve) => socket.once("disconnect", () => resolve(Date.now())));
}

describe.runIf(hasTime)("bent tokens", () => {
  it(
    `[A85] ${CASES.length} of them open nothing, on HTTP and on sockets`,
    async () => {
      const open: string[] = [];
      for (let round = 0; round < times(1, 5, 50); round++) {
        for (const { tokenClass, name, bend } of CASES) {
          const token = await bend(tokenClass);
          const answers = [
            (await call("GET", "/genres", undefined, { token })).status,
            (await call("POST", "/orders", {}, { token, headers: { "idempotency-key": randomUUID() } })).status,
          ];
          const handshake = await handshakeRefusal(server.url, { auth: { token, protocol: 1 } });
          if (answers.join() !== "401,401" || handshake !== "unauthorized")
            open.push(`${tokenClass}, ${name}: ${answers.join()}, ${handshake}`);
        }
      }
      expect(open).toEqual([]);
    },
    times(30_000, 120_000, 900_000),
  );

  it("[A85] negative control: unbent ones are let in, signed by the key before the newest too", async () => {
    for (const tokenClass of CLASSES) {
      const before = old.get(tokenClass);
      const rotated = await forge(tokenClass, { header: { kid: before?.kid }, key: before?.key as CryptoKey });
      for (const token of [await forge(tokenClass), rotated]) {
        expect((await call("GET", "/genres", undefined, { token })).status).toBe(200);
        (await enter(token)).close();
      }
    }
  });
});

describe("tokens that end in the middle", () => {
  it("[A85] a token that is over has its socket cut within 5 s, and does nothing afterwards", async () => {
    // Long enough to come in on a busy machine.
    const lifeS = 4;
    const cut = CLASSES.map(async (tokenClass, row) => {
      const token = await forge(tokenClass, { lifeS });
      const endsAt = (decodeJwt(token).exp ?? 0) * 1000;
      const client = await enter(token);
      const wasCut = cutAt(client);
      expect((await holdOf(client, `A${row + 1}`)).ok).toBe(true);
      expect((await wasCut) - endsAt).toBeLessThan(CUT_WITHIN_MS);
      const isOver = async () => (await call("GET", "/genres", undefined, { token })).status === 401;
      await eventually(isOver, 8_000, "the end of a token");
      expect(await handshakeRefusal(server.url, { auth: { token, protocol: 1 } })).toBe("unauthorized");
      client.socket.auth = { token, protocol: 1 };
      client.socket.connect();
      await new Promise((resolve) => client.socket.once("connect_error", resolve));
      expect((await call("POST", "/orders", {}, { token, headers: { "idempotency-key": randomUUID() } })).status).toBe(
        401,
      );
      expect(client.socket.connected).toBe(false);
    });
    await Promise.all(cut);
  }, 20_000);

  /** Ways to lose what one has: who has it, and what takes it. */
  const LOSSES: [name: string, lose: () => Promise<{ token: string; take: () => Promise<{ status: number }> }>][] = [
    [
      "a customer signs out",
      async () => {
        const { token } = await register();
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
        const { id, token } = await register();
        const as = { token: stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { status: "disabled" }, as) };
      },
    ],
    [
      "a clerk is disabled",
      async () => {
        const { id, token } = await clerk(["rol_box_office"]);
        const as = { token: stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { status: "disabled" }, as) };
      },
    ],
    [
      "somebody gets a new password from the administrator",
      async () => {
        const { id, token } = await clerk(["rol_box_office"]);
        const as = { token: stage.adminToken };
        return { token, take: () => call("PATCH", `/users/${id}`, { password: "another long phrase" }, as) };
      },
    ],
    [
      "somebody changes their password elsewhere",
      async () => {
        const { token, credentials } = await register();
        const elsewhere = (await call("POST", "/auth/login", credentials)).body.token;
        const body = { currentPassword: PASSWORD, newPassword: "another long phrase" };
        return { token, take: () => call("PUT", "/me/password", body, { token: elsewhere }) };
      },
    ],
    [
      "a forgotten password is set by its code",
      async () => {
        const { id, token } = await register();
        const issued = await call("POST", `/users/${id}/password-link`, undefined, { token: stage.adminToken });
        const body = { code: issued.body.code, password: "another long phrase" };
        return { token, take: () => call("PUT", "/auth/password-reset", body) };
      },
    ],
    [
      "a customer is forgotten",
      async () => {
        const { token } = await register();
        return { token, take: () => call("DELETE", "/me", undefined, { token }) };
      },
    ],
    [
      "a device is revoked",
      async () => {
        const { id, token } = await enrol();
        return { token, take: () => call("DELETE", `/devices/${id}`, undefined, { token: stage.adminToken }) };
      },
    ],
  ];

  it("[A72 A83] whoever loses their session, account or device is cut within 5 s and does nothing afterwards", async () => {
    const lost = LOSSES.map(async ([name, lose], row) => {
      const { token, take } = await lose();
      const client = await enter(token);
      const wasCut = cutAt(client);
      const taken = await take();
      expect(taken.status, name).toBeLessThan(300);
      const at = Date.now();
      const late = holdOf(client, `B${row + 1}`).catch(() => ({ ok: false }));
      expect((await wasCut) - at, name).toBeLessThan(CUT_WITHIN_MS);
      expect((await late).ok, name).toBe(false);
      expect(await stateOf(`B${row + 1}`), name).toBe("A");
      expect((await call("GET", "/genres", undefined, { token })).status, name).toBe(401);
      expect(await handshakeRefusal(server.url, { auth: { token, protocol: 1 } }), name).toBe("unauthorized");
    });
    await Promise.all(lost);
  }, 20_000);

  it("[A83] a role that is taken away counts within 5 s, on HTTP and on an open socket", async () => {
    const { id, token } = await clerk(["rol_box_office"]);
    const client = await enter(token);
    expect((await client.ask("seats:watch-details", { showtimeId: stage.showtimeId })).ok).toBe(true);
    await call("PATCH", `/users/${id}`, { roleIds: [] }, { token: stage.adminToken });
    const at = Date.now();
    await eventually(async () => (await call("GET", "/orders", undefined, { token })).status === 403, CUT_WITHIN_MS);
    const back = client.socket.connected ? client : await enter(token);
    expect(await back.ask("seats:watch-details", { showtimeId: stage.showtimeId })).toMatchObject({
      error: { code: "forbidden" },
    });
    expect(Date.now() - at).toBeLessThan(CUT_WITHIN_MS);
  });

  it("[A72] the session that changed its password keeps its socket", async () => {
    const { token } = await register();
    const client = await enter(token);
    const body = { currentPassword: PASSWORD, newPassword: "another long phrase" };
    expect((await call("PUT", "/me/password", body, { token })).status).toBe(204);
    expect((await client.ask("occupancy:watch", {})).ok).toBe(true);
    expect(client.socket.connected).toBe(true);
  });
});
