/** Tokens that are bent or over, against a whole server: HTTP and sockets, every class. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../server/basics/clock.ts";
import { createKeys, type Keys } from "../../server/identity/keys.ts";
import { hasTime, times } from "../support/counts.ts";
import { CUT_WITHIN_MS, cutAt, type Holders, openHolders } from "../support/holders.ts";
import { eventually } from "../support/poll.ts";
import { openServerStore, startServer, type TestServer } from "../support/server.ts";
import { handshakeRefusal } from "../support/sockets.ts";

const CLASSES = ["guest", "customer", "staff", "device"] as const;
type TokenClass = (typeof CLASSES)[number];

let dataDir: string;
let keys: Keys;
let server: TestServer;
let holders: Holders;
let call: Holders["call"];
const subjects = new Map<TokenClass, string>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "butaca-tokens-"));
  // The server's own keys, rotated once: made before it starts, so that the test can sign with either.
  const store = await openServerStore(dataDir);
  keys = createKeys({ store, clock: systemClock });
  for (const use of CLASSES) {
    old.set(use, await keys.signing(use));
    await keys.rotate(use);
  }
  await store.close();
  server = await startServer({ DATA_DIR: dataDir });
  holders = await openHolders(server);
  ({ call } = holders);
  subjects.set("guest", `ses_${randomUUID().replaceAll("-", "")}`);
  subjects.set("customer", (await holders.register()).id);
  subjects.set("staff", (await call("GET", "/me", undefined, { token: holders.stage.adminToken })).body.id);
  subjects.set("device", (await holders.enrol()).id);
});
afterEach(() => holders.leave());
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const old = new Map<TokenClass, Awaited<ReturnType<Keys["signing"]>>>();

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

describe("bent tokens", () => {
  it.runIf(hasTime)(
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

  it.runIf(hasTime)(
    "[A85] negative control: unbent ones are let in, signed by the key before the newest too",
    async () => {
      for (const tokenClass of CLASSES) {
        const before = old.get(tokenClass);
        const rotated = await forge(tokenClass, { header: { kid: before?.kid }, key: before?.key as CryptoKey });
        for (const token of [await forge(tokenClass), rotated]) {
          expect((await call("GET", "/genres", undefined, { token })).status).toBe(200);
          (await holders.enter(token)).close();
        }
      }
    },
  );
});

describe("tokens that end in the middle", () => {
  it("[A85] a token that is over has its socket cut within 5 s, and does nothing afterwards", async () => {
    // Long enough to come in on a busy machine.
    const lifeS = 4;
    const cut = CLASSES.map(async (tokenClass, row) => {
      const token = await forge(tokenClass, { lifeS });
      const endsAt = (decodeJwt(token).exp ?? 0) * 1000;
      const client = await holders.enter(token);
      const wasCut = cutAt(client);
      expect((await holders.hold(client, `A${row + 1}`)).ok).toBe(true);
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
});
