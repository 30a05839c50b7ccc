import { hash } from "node:crypto";
import type { Clock } from "../basics/clock.ts";
import { type IdPrefix, newId } from "../basics/ids.ts";
import { ERROR_STATUS, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import { type IdempotencyDoc, idempotency } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { passBy, type Reached } from "./points.ts";

/** One request as its sender meant it: whoever sends it again means the same work. */
export interface KeyedRequest {
  /** Who asks: the session. */
  caller: string;
  /** What is asked for, as method and path. */
  route: string;
  key: string;
  /** The validated body: equal bodies are equal requests. */
  body: unknown;
  /** What kind of thing the work makes or changes; see `subjectId`. */
  subject: IdPrefix | { id: string };
}

/** `subjectId` is the same for every run of one key; `repeated`: somebody may have begun before. */
export type KeyedWork<T> = (subjectId: string, repeated: boolean) => Promise<Outcome<T>>;

/**
 * Runs a piece of work once per caller, route and key, however often it is asked for.
 *
 * Promises: a repeat gets the first answer, as far as the refusal, or the success with the subject, goes;
 * `result` is null for a repeat: read the subject as it is now. Another body is `idempotency_mismatch`;
 * while the first still runs, `idempotency_in_progress`. If the first died, a repeat runs the work again with
 * the same subject once its lease is over. 401, 429, 5xx and exceptions are not remembered.
 */
export interface Idempotency {
  once<T>(request: KeyedRequest, work: KeyedWork<T>): Promise<Outcome<{ subjectId: string; result: T | null }>>;
  /** Deletes what nobody repeats any more. Any server may call it at any time. */
  sweep(): Promise<void>;
}

/** Longer than any honest run; a crashed one can be taken over after it. */
const LEASE_MS = 10_000;
/** How long a key is remembered: a client that was off over night still gets its answer. */
const REMEMBER_MS = 24 * 60 * 60 * 1000;
/** Records deleted per sweep: a short pause for the store. */
const SWEEP_MAX = 500;

interface IdempotencyDeps {
  store: Store;
  clock: Clock;
  reached?: Reached;
}

export function createIdempotency({ store, clock, reached = passBy }: IdempotencyDeps): Idempotency {
  const records = store.collection(idempotency);

  /** A record that is ours to work on, with whether it was there before; or the answer already. */
  async function take(request: KeyedRequest): Promise<Outcome<{ record: IdempotencyDoc; repeated: boolean }>> {
    const id = hash("sha256", JSON.stringify([request.caller, request.route, request.key]), "base64url");
    const bodyHash = hash("sha256", JSON.stringify(request.body), "base64url");
    for (;;) {
      const now = clock.now();
      const subjectId = typeof request.subject === "string" ? newId(request.subject) : request.subject.id;
      const lease = { leaseUntil: now + LEASE_MS, forgetAt: now + REMEMBER_MS };
      const made = await records.insert({ id, bodyHash, subjectId, ...lease });
      if (made.ok) return { ok: true, record: made.document, repeated: false };
      const record = await records.get(id);
      if (record === null) continue;
      if (record.bodyHash !== bodyHash) return refuse("idempotency_mismatch", "This key was used with another request");
      if (record.status !== undefined) return { ok: true, record, repeated: true };
      if (record.leaseUntil > now) return IN_PROGRESS;
      const taken = await records.update(id, { version: record.version }, { set: lease });
      if (taken.ok) return { ok: true, record: taken.document, repeated: true };
    }
  }

  /** Only the run that still has the lease writes its answer. */
  async function remember({ id, version }: IdempotencyDoc, status: number, body?: string): Promise<void> {
    await records.update(id, { version }, { set: { status, ...(body === undefined ? {} : { body }) } });
  }

  async function giveBack({ id, version }: IdempotencyDoc): Promise<void> {
    await records.update(id, { version }, { set: { leaseUntil: 0 } });
  }

  async function run<T>(record: IdempotencyDoc, repeated: boolean, work: KeyedWork<T>): Promise<Outcome<T>> {
    try {
      return await work(record.subjectId, repeated);
    } catch (error) {
      await giveBack(record).catch(() => {});
      throw error;
    }
  }

  return {
    async once<T>(request: KeyedRequest, work: KeyedWork<T>) {
      const taken = await take(request);
      if (!taken.ok) return taken;
      const { record, repeated } = taken;
      if (record.status !== undefined) return firstAnswer(record);
      reached("idempotency-recorded", record.subjectId);
      const outcome = await run(record, repeated, work);
      if (outcome.ok) await remember(record, SUCCEEDED);
      else if (isRemembered(outcome)) await remember(record, ERROR_STATUS[outcome.code], JSON.stringify(outcome));
      else await giveBack(record);
      return outcome.ok ? { ok: true, subjectId: record.subjectId, result: outcome as T } : outcome;
    },

    async sweep() {
      const over = await records.find({ forgetAt: { lte: clock.now() } }, { limit: SWEEP_MAX });
      for (const { id } of over) await records.remove(id);
    },
  };
}

/** The status of a record whose work succeeded; routes know their own. */
const SUCCEEDED = 200;
const IN_PROGRESS = refuse("idempotency_in_progress", "The first request with this key still runs", {
  retryAfterMs: 500,
});

function firstAnswer({ body, subjectId }: IdempotencyDoc): Outcome<{ subjectId: string; result: null }> {
  if (body !== undefined) return JSON.parse(body) as Refusal;
  return { ok: true, subjectId, result: null };
}

function isRemembered({ code }: Refusal): boolean {
  const status = ERROR_STATUS[code];
  return status < 500 && status !== 401 && status !== 429;
}
