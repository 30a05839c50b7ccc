import { randomUUID } from "node:crypto";
import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../basics/clock.ts";
import type { DeviceKind } from "../protocol/resources.ts";
import type { Keys } from "./keys.ts";
import type { TokenClass } from "./principal.ts";

/** Who a token is for. Rights are not in it: they are looked up, so that a change counts at once. */
export interface Grant {
  class: TokenClass;
  /** The user or device; of a guest the session itself. */
  subjectId: string;
  /** The owner of holds and orders. */
  sessionId: string;
  deviceId?: string;
  deviceKind?: DeviceKind;
}

/** What a token proves. Times in seconds since 1970; `issuedAt` with fractions. */
export interface Claims extends Grant {
  tokenId: string;
  issuedAt: number;
  expiresAt: number;
}

/** Signs and verifies tokens: one key set, one verifier, one audience and one type per class. */
export interface Tokens {
  /** A new token that ends after `lifeS` seconds. */
  sign(grant: Grant, lifeS: number): Promise<{ token: string; expiresAt: string }>;
  /** Null for whatever is not a valid token of the class that it says it is. Does not know revocations. */
  verify(token: string): Promise<Claims | null>;
}

const ISSUER = "butaca";
const CLASSES: ReadonlyMap<string, TokenClass> = new Map([
  ["guest+jwt", "guest"],
  ["customer+jwt", "customer"],
  ["staff+jwt", "staff"],
  ["device+jwt", "device"],
]);
/** Ours have about 400 characters; longer ones are not worth decoding. */
const TOKEN_LENGTH_MAX = 2048;
/** Servers' clocks differ a little. */
const CLOCK_TOLERANCE_S = 5;
/** Verifying takes 100 us, a look into a map none. 10,000 callers use about 10 MB. */
const REMEMBERED_TOKENS = 10_000;

export function createTokens({ keys, clock }: { keys: Keys; clock: Clock }): Tokens {
  const remembered = new Map<string, Claims>();

  async function sign(grant: Grant, lifeS: number): Promise<{ token: string; expiresAt: string }> {
    const { kid, key } = await keys.signing(grant.class);
    const now = clock.now() / 1000;
    const expiresAt = Math.floor(now) + lifeS;
    const token = await new SignJWT({ sid: grant.sessionId, dev: grant.deviceId, kind: grant.deviceKind, iat: now })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: `${grant.class}+jwt` })
      .setIssuer(ISSUER)
      .setAudience(audience(grant.class))
      .setSubject(grant.subjectId)
      .setJti(randomUUID())
      .setExpirationTime(expiresAt)
      .sign(key);
    return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
  }

  async function verifyAfresh(token: string): Promise<Claims | null> {
    const header = readHeader(token);
    if (header === null) return null;
    const key = await keys.verification(header.class, header.kid);
    if (key === null) return null;
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ["EdDSA"],
        issuer: ISSUER,
        audience: audience(header.class),
        typ: `${header.class}+jwt`,
        requiredClaims: ["sub", "sid", "exp", "iat", "jti"],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(clock.now()),
      });
      return toClaims(header.class, payload);
    } catch {
      return null;
    }
  }

  async function verify(token: string): Promise<Claims | null> {
    if (token.length > TOKEN_LENGTH_MAX) return null;
    const known = remembered.get(token);
    if (known !== undefined) {
      remembered.delete(token);
      if (known.expiresAt + CLOCK_TOLERANCE_S <= clock.now() / 1000) return null;
    }
    const claims = known ?? (await verifyAfresh(token));
    if (claims === null) return null;
    remembered.set(token, claims);
    const oldest = remembered.size > REMEMBERED_TOKENS ? remembered.keys().next().value : undefined;
    if (oldest !== undefined) remembered.delete(oldest);
    return claims;
  }

  return { sign, verify };
}

const audience = (tokenClass: TokenClass) => `butaca:${tokenClass}`;

/** The class that a token claims, which is then the only one it is verified as. */
function readHeader(token: string): { class: TokenClass; kid: string } | null {
  try {
    const { typ, kid } = decodeProtectedHeader(token);
    const tokenClass = CLASSES.get(String(typ));
    return tokenClass === undefined || typeof kid !== "string" ? null : { class: tokenClass, kid };
  } catch {
    return null;
  }
}

function toClaims(tokenClass: TokenClass, payload: Record<string, unknown>): Claims {
  const claims: Claims = {
    class: tokenClass,
    subjectId: String(payload.sub),
    sessionId: String(payload.sid),
    tokenId: String(payload.jti),
    issuedAt: Number(payload.iat),
    expiresAt: Number(payload.exp),
  };
  if (typeof payload.dev === "string") claims.deviceId = payload.dev;
  if (typeof payload.kind === "string") claims.deviceKind = payload.kind as DeviceKind;
  return claims;
}
