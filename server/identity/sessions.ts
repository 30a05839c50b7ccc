import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { type SessionDoc, sessions as sessionCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Revocations } from "./revocations.ts";

export type RenewableClass = SessionDoc["class"];

/** What a browser gets as a cookie. */
export interface RefreshToken {
  class: RenewableClass;
  value: string;
  /** Seconds from now. */
  maxAgeS: number;
}

export interface Renewed {
  session: SessionDoc;
  refresh: RefreshToken;
}

export interface SessionStart {
  class: RenewableClass;
  subjectId: string;
  deviceId?: string;
  /** The guest's session that goes on under the new name; left out or not free any more, a new one begins. */
  sessionId?: string;
}

/**
 * Sessions that outlive their tokens by a refresh token, which is exchanged for the next at every
 * renewal. The store has hashes only.
 */
export interface Sessions {
  start(wanted: SessionStart): Promise<Renewed>;
  /**
   * Exchanges a refresh token. One that was exchanged less than 10 s ago gives the same answer again, so a
   * lost answer and two tabs at once do no harm; an older one was stolen, by its user or from them: the session ends.
   */
  renew(tokenClass: RenewableClass, value: string): Promise<Outcome<Renewed>>;
  /** Ends a session by its refresh token; null: there is none such. */
  endBy(tokenClass: RenewableClass, value: string): Promise<SessionDoc | null>;
  /** Ends a session, and a kiosk's visits with it: the tokens die. Safe to repeat. */
  end(sessionId: string): Promise<void>;
  /** Ends the renewable sessions of a user or device, but for the one to keep. Safe to repeat. */
  endAllOf(subjectId: string, keep?: string): Promise<void>;
  /** The renewable sessions of a user or device. */
  of(subjectId: string): Promise<SessionDoc[]>;
  /** Deletes sessions whose time is over. */
  sweep(): Promise<void>;
}

const DAY_S = 24 * 60 * 60;
/** Since the last renewal. Staff: one working day. Devices: a kiosk may stand dark for a season. */
const LIFE_S: Readonly<Record<RenewableClass, number>> = {
  customer: 30 * DAY_S,
  staff: DAY_S / 2,
  device: 365 * DAY_S,
};
const GRACE_MS = 10_000;
/** Older ones are refused all the same, they just end nothing. */
const REMEMBERED_HASHES = 20;
const PAGE = 500;

const ENDED = refuse("unauthorized", "The session has ended, sign in again");

export function createSessions(deps: { store: Store; clock: Clock; revocations: Revocations }): Sessions {
  const { clock, revocations } = deps;
  const documents = deps.store.collection(sessionCollection);

  async function start(wanted: SessionStart): Promise<Renewed> {
    const value = randomBytes(32).toString("base64url");
    const fresh = secrets(wanted.class, value, clock.now());
    const { class: tokenClass, subjectId, sessionId = newId("ses") } = wanted;
    const device = wanted.deviceId === undefined ? {} : { deviceId: wanted.deviceId };
    const inserted = await documents.insert({ id: sessionId, class: tokenClass, subjectId, ...device, ...fresh });
    if (inserted.ok) return { session: inserted.document, refresh: toToken(tokenClass, value) };
    const again = await documents.update(
      sessionId,
      { class: tokenClass, subjectId },
      { set: { ...fresh, ...device }, unset: ["previousHashes"] },
    );
    if (again.ok) return { session: again.document, refresh: toToken(tokenClass, value) };
    return start({ ...wanted, sessionId: undefined });
  }

  async function renew(tokenClass: RenewableClass, value: string): Promise<Outcome<Renewed>> {
    const hash = hashOf(value);
    const now = clock.now();
    const session = await documents.findOne({ refreshHash: hash });
    if (session === null || session.class !== tokenClass) return renewAgain(tokenClass, value, hash);
    if (session.expiresAt <= now) return ENDED;
    const next = successor(session, value);
    const set = {
      refreshHash: hashOf(next),
      previousHashes: [hash, ...(session.previousHashes ?? [])].slice(0, REMEMBERED_HASHES),
      rotatedAt: now,
      expiresAt: now + LIFE_S[tokenClass] * 1000,
    };
    const rotated = await documents.update(session.id, { refreshHash: hash }, { set });
    if (!rotated.ok) return renewAgain(tokenClass, value, hash);
    return { ok: true, session: rotated.document, refresh: toToken(tokenClass, next) };
  }

  async function renewAgain(tokenClass: RenewableClass, value: string, hash: string): Promise<Outcome<Renewed>> {
    const session = await documents.findOne({ previousHashes: hash });
    if (session === null || session.class !== tokenClass) return ENDED;
    const inGrace = session.previousHashes?.[0] === hash && clock.now() - session.rotatedAt < GRACE_MS;
    if (inGrace) return { ok: true, session, refresh: toToken(tokenClass, successor(session, value)) };
    await end(session.id);
    return ENDED;
  }

  async function end(sessionId: string): Promise<void> {
    const visits = (await documents.get(sessionId))?.visits ?? [];
    for (const ended of [sessionId, ...visits.map((visit) => visit.sessionId)])
      await revocations.revoke("session", ended);
    await documents.remove(sessionId);
  }

  async function endBy(tokenClass: RenewableClass, value: string): Promise<SessionDoc | null> {
    const hash = hashOf(value);
    const session =
      (await documents.findOne({ refreshHash: hash })) ?? (await documents.findOne({ previousHashes: hash }));
    if (session === null || session.class !== tokenClass) return null;
    await end(session.id);
    return session;
  }

  async function endAllOf(subjectId: string, keep?: string): Promise<void> {
    for (;;) {
      const found = await documents.find({ subjectId }, { limit: PAGE });
      const ending = found.filter(({ id }) => id !== keep);
      for (const { id } of ending) await end(id);
      if (ending.length === 0) return;
    }
  }

  async function sweep(): Promise<void> {
    const over = await documents.find({ expiresAt: { lt: clock.now() } }, { limit: PAGE });
    for (const { id, refreshHash } of over) await documents.remove(id, { refreshHash });
  }

  const of = (subjectId: string) => documents.find({ subjectId }, { limit: PAGE });

  return { start, renew, endBy, end, endAllOf, of, sweep };
}

function secrets(tokenClass: RenewableClass, value: string, now: number) {
  return {
    refreshHash: hashOf(value),
    chainKey: randomBytes(32).toString("base64url"),
    rotatedAt: now,
    expiresAt: now + LIFE_S[tokenClass] * 1000,
  };
}

const hashOf = (value: string) => createHash("sha256").update(value).digest("base64url");

/** Whoever has the token can't compute the next one without the store, nor the store without the token. */
const successor = (session: SessionDoc, value: string) =>
  createHmac("sha256", session.chainKey).update(value).digest("base64url");

const toToken = (tokenClass: RenewableClass, value: string): RefreshToken => ({
  class: tokenClass,
  value,
  maxAgeS: LIFE_S[tokenClass],
});
