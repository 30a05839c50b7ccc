import type { Audit } from "../audit/audit.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Device } from "../protocol/resources.ts";
import {
  type DeviceDoc,
  devices as deviceCollection,
  deviceReports as reportCollection,
  type SessionDoc,
  sessions as sessionCollection,
} from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Opened } from "./accounts.ts";
import { actorOf, type Visitor } from "./actors.ts";
import { createBackoff } from "./backoff.ts";
import { hashCode, see, toDevice } from "./devices.ts";
import type { Principal } from "./principal.ts";
import type { Revocations } from "./revocations.ts";
import type { RefreshToken, Renewed, Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

export interface Enrolled extends Opened {
  device: Device;
  refresh: RefreshToken;
}

/** Devices, as they see themselves: enrolled once with a code, known by their own token since. */
export interface Enrolment {
  /** Exchanges an enrolment code, once, for the device's token. Wrong guesses cost waiting time. */
  enrol(code: string, visitor: Visitor): Promise<Outcome<Enrolled>>;
  renew(refresh: string): Promise<Outcome<Enrolled>>;
  /** A fresh session for the next customer of a kiosk; the holds of the one before are gone when it resolves. */
  startVisit(principal: Principal): Promise<Outcome<Opened>>;
  /** The sessions whose orders this device may still read: the visit that runs, and those that ended within 2 min. */
  recentVisits(deviceId: string): Promise<string[]>;
}

export interface EnrolmentDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  tokens: Tokens;
  sessions: Sessions;
  revocations: Revocations;
  /** Gives free all that a session holds. Safe to repeat. */
  endHolds: (sessionId: string) => Promise<void>;
  /** False: addresses never wait. */
  limitAddresses: boolean;
}

/** Of a device's token and a visit's: a visit ends when the next one starts, not in the middle of a purchase. */
const TOKEN_LIFE_S = 24 * 60 * 60;
/** The next visit begins before the last one's socket is cut, so that the screen can change over calmly. */
const HANDOVER_MS = 3_000;
/** Long enough to print a ticket again, short enough that the next in the queue is not shown it. */
const READABLE_AFTER_MS = 2 * 60 * 1000;
const CODE_BACKOFF = { free: 10, firstWaitMs: 1_000, longestWaitMs: 60_000 };
const VISIT_TRIES = 5;

const WRONG_CODE = refuse("unauthorized", "This code is wrong, used or too old");
const NOT_ENROLLED = refuse("unauthorized", "This device is not enrolled any more");

export function createEnrolment(deps: EnrolmentDeps): Enrolment {
  const { clock, audit, tokens, sessions, revocations } = deps;
  const devices = deps.store.collection(deviceCollection);
  const reports = deps.store.collection(reportCollection);
  const sessionDocuments = deps.store.collection(sessionCollection);
  const backoff = createBackoff(CODE_BACKOFF, clock);

  async function sign({ id, kind }: DeviceDoc, sessionId: string): Promise<Opened> {
    return tokens.sign({ class: "device", subjectId: id, sessionId, deviceId: id, deviceKind: kind }, TOKEN_LIFE_S);
  }

  async function answer(device: DeviceDoc, { session, refresh }: Renewed): Promise<Outcome<Enrolled>> {
    const report = await reports.get(device.id);
    return { ok: true, ...(await sign(device, session.id)), device: toDevice(device, report), refresh };
  }

  async function enrol(code: string, visitor: Visitor): Promise<Outcome<Enrolled>> {
    const { address } = visitor;
    const wait = deps.limitAddresses ? backoff.wait(address) : 0;
    if (wait > 0) return refuse("rate_limited", "Too many attempts, wait a moment", { retryAfterMs: wait });
    backoff.attempt(address);
    const codeHash = hashCode(code);
    const waiting = await devices.findOne({ codeHash });
    const isGood = waiting !== null && (waiting.codeExpiresAt ?? 0) > clock.now();
    const enrolled = isGood ? await enrolWaiting(waiting, codeHash, address) : null;
    if (enrolled === null) {
      await audit.record({ ...actorOf(visitor), action: "device.enrol", outcome: "denied" });
      return WRONG_CODE;
    }
    backoff.forgive(address);
    return enrolled;
  }

  async function enrolWaiting(
    waiting: DeviceDoc,
    codeHash: string,
    address: string,
  ): Promise<Outcome<Enrolled> | null> {
    const { id } = waiting;
    const change = { actor: { kind: "device", id }, action: "device.enrol", subject: id, from: address };
    const intent = await audit.begin(change);
    const device = await redeem(waiting, codeHash);
    if (device === null) {
      await audit.drop(intent);
      return null;
    }
    const renewed = await sessions.start({ class: "device", subjectId: id });
    // Set up anew, it is signed in anew: what it had before, or whoever has that now, is out.
    await sessions.endAllOf(id, renewed.session.id);
    await audit.record({ ...change, outcome: "done", intent });
    return answer(device, renewed);
  }

  /** One of any number of callers with the same code gets the device. */
  async function redeem(waiting: DeviceDoc, codeHash: string): Promise<DeviceDoc | null> {
    const now = timestamp(clock.now());
    const set = { status: "active", updatedAt: now } as const;
    const redeemed = await devices.update(waiting.id, { codeHash }, { set, unset: ["codeHash", "codeExpiresAt"] });
    if (!redeemed.ok) return null;
    await see(reports, waiting.id, { seenAt: now });
    return redeemed.document;
  }

  async function renew(value: string): Promise<Outcome<Enrolled>> {
    const renewed = await sessions.renew("device", value);
    if (!renewed.ok) return renewed;
    const device = await devices.get(renewed.session.subjectId);
    if (device?.status !== "active") return NOT_ENROLLED;
    await see(reports, device.id, { seenAt: timestamp(clock.now()) });
    return answer(device, renewed);
  }

  const sessionOf = (deviceId: string) => sessionDocuments.findOne({ subjectId: deviceId });

  async function startVisit(principal: Principal): Promise<Outcome<Opened>> {
    if (principal.deviceKind !== "kiosk") return refuse("forbidden", "Only a kiosk has visits");
    for (let tries = 0; tries < VISIT_TRIES; tries++) {
      const [device, session] = await Promise.all([devices.get(principal.subjectId), sessionOf(principal.subjectId)]);
      if (device?.status !== "active" || session === null) return NOT_ENROLLED;
      const running = session.visits?.find((visit) => visit.endedAt === undefined)?.sessionId;
      await endHoldsBefore(principal, running);
      const sessionId = newId("ses");
      const visits = [...endedLately(session, clock.now()), { sessionId }];
      const updated = await sessionDocuments.update(session.id, { version: session.version }, { set: { visits } });
      if (!updated.ok) continue;
      if (running !== undefined) await revocations.revoke("session", running, HANDOVER_MS);
      return { ok: true, ...(await sign(device, sessionId)) };
    }
    return refuse("rate_limited", "Another visit is starting on this device", { retryAfterMs: HANDOVER_MS });
  }

  /** Before the new visit is written: should it fail half-way, the caller's next try ends them again. */
  async function endHoldsBefore(principal: Principal, running: string | undefined): Promise<void> {
    for (const sessionId of new Set([principal.sessionId, ...(running === undefined ? [] : [running])]))
      await deps.endHolds(sessionId);
  }

  async function recentVisits(deviceId: string): Promise<string[]> {
    const visits = (await sessionOf(deviceId))?.visits ?? [];
    return visits.filter(({ endedAt }) => isReadable(endedAt, clock.now())).map(({ sessionId }) => sessionId);
  }

  return { enrol, renew, startVisit, recentVisits };
}

const isReadable = (endedAt: number | undefined, now: number) =>
  endedAt === undefined || endedAt > now - READABLE_AFTER_MS;

/** The visits whose orders may still be read, with the one that runs ended now. */
function endedLately({ visits = [] }: SessionDoc, now: number) {
  return visits
    .map(({ sessionId, endedAt = now }) => ({ sessionId, endedAt }))
    .filter(({ endedAt }) => isReadable(endedAt, now));
}
