import { randomUUID } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeys } from "../../server/identity/keys.ts";
import type { TokenClass } from "../../server/identity/principal.ts";
import { keys as keyCollection } from "../../server/store/collections.ts";
import { type IdentityRig, identityRig, NOBODY } from "../support/identity.ts";

let rig: IdentityRig;
beforeAll(async () => {
  rig = await identityRig();
});
afterAll(() => rig.close());

interface Forged {
  class?: TokenClass;
  alg?: string;
  typ?: string;
  kid?: string;
  audience?: string;
  issuer?: string;
  expires?: number | null;
  without?: string;
  key?: CryptoKey | Uint8Array;
}

/** A token as the server would sign it, bent where the case says so. */
async function forge(bent: Forged): Promise<string> {
  const tokenClass = bent.class ?? "guest";
  const { kid, key } = await rig.keys.signing(tokenClass);
  const now = rig.clock.now() / 1000;
  const claims: Record<string, unknown> = {
    sid: "ses_x",
    sub: "ses_x",
    jti: randomUUID(),
    iat: now,
    exp: Math.floor(now) + (bent.expires ?? 60),
    iss: bent.issuer ?? "butaca",
    aud: bent.audience ?? `butaca:${tokenClass}`,
  };
  if (bent.without !== undefined) delete claims[bent.without];
  return new SignJWT(claims)
    .setProtectedHeader({ alg: bent.alg ?? "EdDSA", kid: bent.kid ?? kid, typ: bent.typ ?? `${tokenClass}+jwt` })
    .sign(bent.key ?? key);
}

const secret = new TextEncoder().encode("0123456789abcdef0123456789abcdef");

const CASES: [name: string, token: () => Promise<string>, accepted: boolean][] = [
  ["a guest's own", () => forge({}), true],
  ["nothing", async () => "", false],
  ["noise", async () => "a.b.c", false],
  ["too long", async () => `${await forge({})}${"a".repeat(3000)}`, false],
  ["no algorithm", async () => `${b64({ alg: "none", typ: "guest+jwt" })}.${b64({ sub: "x" })}.`, false],
  ["HMAC instead of a signature", () => forge({ alg: "HS256", key: secret }), false],
  ["HMAC with the public key as secret", hmacWithPublicKey, false],
  ["another's key under our kid", async () => forge({ key: (await generateKeyPair("EdDSA")).privateKey }), false],
  ["an unknown kid", () => forge({ kid: "unknown" }), false],
  ["the audience of another class", () => forge({ audience: "butaca:staff" }), false],
  ["another issuer", () => forge({ issuer: "elsewhere" }), false],
  ["no type", () => forge({ typ: "JWT" }), false],
  ["the type of another class", () => forge({ typ: "staff+jwt" }), false],
  ["a guest's key for a staff token", staffByGuestKey, false],
  ["a ticket", ticket, false],
  ["expired", () => forge({ expires: -6 }), false],
  ["expired within the tolerance for clocks", () => forge({ expires: -3 }), true],
  ["no end", () => forge({ without: "exp" }), false],
  ["no subject", () => forge({ without: "sub" }), false],
  ["no session", () => forge({ without: "sid" }), false],
  ["no id", () => forge({ without: "jti" }), false],
  ["no time of issue", () => forge({ without: "iat" }), false],
  ["a user who does not exist", () => forge({ class: "staff" }), false],
  ["a bent payload", bentPayload, false],
  ["a bent signature", bentSignature, false],
];

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function hmacWithPublicKey(): Promise<string> {
  const set = await rig.keys.publicSet("guest");
  return forge({ alg: "HS256", key: new TextEncoder().encode(JSON.stringify(set.keys[0])) });
}

async function staffByGuestKey(): Promise<string> {
  const { kid, key } = await rig.keys.signing("guest");
  return forge({ class: "staff", kid, key: key });
}

async function ticket(): Promise<string> {
  const { kid, key } = await rig.keys.signing("ticket");
  return forge({ typ: "ticket+jwt", audience: "butaca:ticket", kid, key });
}

async function bentPayload(): Promise<string> {
  const [head, body = "", signature] = (await forge({})).split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  return [head, b64({ ...claims, sid: "ses_other" }), signature].join(".");
}

async function bentSignature(): Promise<string> {
  const token = await forge({});
  const at = token.length - 10;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

describe("tokens", () => {
  it.each(CASES)("[A1] judges a token: %s", async (_name, token, accepted) => {
    const text = await token();
    const first = await rig.identity.authenticate(text);
    const again = await rig.identity.authenticate(text);
    expect([first.ok, again.ok]).toEqual([accepted, accepted]);
    if (!first.ok) expect(first.code).toBe("unauthorized");
  });

  it("[A1] a remembered token still expires", async () => {
    const { token } = await rig.identity.accounts.openGuest(NOBODY);
    expect((await rig.identity.authenticate(token)).ok).toBe(true);
    rig.clock.advance(24 * 60 * 60 * 1000 + 6_000);
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
  });

  it("[A2] a revoked session's tokens die here at once and on another server with its next poll", async () => {
    const other = rig.another();
    const { token } = await rig.identity.accounts.openGuest(NOBODY);
    const proved = await other.identity.authenticate(token);
    if (!proved.ok) throw new Error("not proved");
    const told: string[] = [];
    other.identity.revocations.onRevoked(({ subjectId }) => told.push(subjectId));
    await rig.identity.endSession(proved.principal.sessionId);
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
    await other.identity.revocations.poll();
    await other.identity.revocations.poll();
    expect((await other.identity.authenticate(token)).ok).toBe(false);
    expect(told.filter((id) => id === proved.principal.sessionId)).toHaveLength(1);
  });
});

describe("keys", () => {
  it("[A3] servers that start at once share one key per use", async () => {
    const rings = Array.from({ length: 8 }, () => createKeys({ store: rig.store, clock: rig.clock }));
    const kids = await Promise.all(rings.map(async (keys) => (await keys.signing("device")).kid));
    expect(new Set(kids).size).toBe(1);
    expect(await rig.store.collection(keyCollection).count({ use: "device" })).toBe(1);
  });

  it("[A3] after a rotation old tokens stay good and other servers accept the new key", async () => {
    const before = await rig.identity.accounts.openGuest(NOBODY);
    const other = rig.another();
    await other.keys.signing("guest");
    await rig.keys.rotate("guest");
    const after = await rig.identity.accounts.openGuest(NOBODY);
    rig.clock.advance(1_000);
    for (const { token } of [before, after]) {
      expect((await rig.identity.authenticate(token)).ok).toBe(true);
      expect((await other.identity.authenticate(token)).ok).toBe(true);
    }
  });

  it("[A3] an unknown kid reads the store at most once a second", async () => {
    let reads = 0;
    const store = {
      ...rig.store,
      collection: (spec: typeof keyCollection) => {
        const inner = rig.store.collection(spec);
        return {
          ...inner,
          find: (...args: Parameters<typeof inner.find>) => inner.find(...args).finally(() => reads++),
        };
      },
    } as unknown as typeof rig.store;
    const keys = createKeys({ store, clock: rig.clock });
    await keys.signing("guest");
    rig.clock.advance(1_000);
    reads = 0;
    for (let at = 0; at < 50; at++) expect(await keys.verification("guest", `nope${at}`)).toBeNull();
    expect(reads).toBe(1);
  });

  it("[A3] the public set has no private part", async () => {
    await rig.keys.signing("ticket");
    const { keys } = await rig.keys.publicSet("ticket");
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    expect(keys[0]).not.toHaveProperty("d");
  });
});
