import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Audit, createAudit } from "../../server/audit/audit.ts";
import type { Visitor } from "../../server/identity/actors.ts";
import { createIdentity, type Identity } from "../../server/identity/identity.ts";
import { createKeys, type Keys } from "../../server/identity/keys.ts";
import type { Principal } from "../../server/identity/principal.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import type { Store } from "../../server/store/port.ts";

/** A clock that moves when told. */
export interface HandClock {
  now(): number;
  advance(ms: number): void;
}

export function handClock(start = Date.parse("2027-03-14T18:00:00Z")): HandClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

export interface IdentityRig {
  identity: Identity;
  keys: Keys;
  audit: Audit;
  store: Store;
  clock: HandClock;
  /** Sessions whose holds were ended, in order. */
  ended: string[];
  /** Customers whose orders were taken from them, in order. */
  disowned: string[];
  /** Another server on the same store and clock. */
  another(): Pick<IdentityRig, "identity" | "keys" | "audit">;
  close(): Promise<void>;
}

export const FIRST = { email: "boss@cinema.test", password: "a long enough password" };

/** The identity room on a store of its own, with a clock by hand. `guardless` makes the store of a negative control. */
export async function identityRig(options: { guardless?: (store: Store) => Store } = {}): Promise<IdentityRig> {
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-identity-"));
  const real = await openEmbeddedStore({ dataDir });
  const store = options.guardless?.(real) ?? real;
  const clock = handClock();
  const ended: string[] = [];
  const disowned: string[] = [];
  const audits: Audit[] = [];
  function server() {
    const keys = createKeys({ store, clock });
    const audit = createAudit({ store, clock, chain: "main" });
    audits.push(audit);
    const endHolds = async (sessionId: string) => void ended.push(sessionId);
    return {
      keys,
      audit,
      identity: createIdentity({
        store,
        clock,
        keys,
        audit,
        endHolds,
        adoptOrders: async () => {},
        disownOrders: async (userId) => void disowned.push(userId),
        post: {
          mailer: null,
          passwordUrl: (code) => `https://cinema.test/#/account/reset/${code}`,
          cinemaName: async () => "Cinema",
          onFailure: (_what, error) => {
            throw error;
          },
        },
        limitAddresses: true,
      }),
    };
  }
  const first = server();
  await first.identity.prepare(FIRST);
  return {
    ...first,
    store,
    clock,
    ended,
    disowned,
    another: server,
    async close() {
      for (const audit of audits) await audit.flush();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export const NOBODY: Visitor = { principal: null, address: "192.0.2.1" };

/** What a token proves; fails the test when it proves nothing. */
export async function principalOf(identity: Identity, token: string): Promise<Principal> {
  const proved = await identity.authenticate(token);
  if (!proved.ok) throw new Error(`the token proves nothing: ${proved.message}`);
  return proved.principal;
}

/** Fails the test when a call was refused. */
export function granted<T extends { ok: boolean }>(outcome: T): Extract<T, { ok: true }> {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome as Extract<T, { ok: true }>;
}
