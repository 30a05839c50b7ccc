import type { Clock } from "../basics/clock.ts";
import type { Blocks } from "../booking/blocks.ts";
import type { Idempotency } from "../booking/idempotency.ts";
import type { Ledger } from "../booking/ledger.ts";
import type { Settlement } from "../booking/settlement.ts";
import { type Loop, repeat } from "./repeat.ts";

export interface ReconcilerDeps {
  ledger: Pick<Ledger, "takeDue">;
  settlement: Pick<Settlement, "drive">;
  blocks: Pick<Blocks, "drive">;
  idempotency: Pick<Idempotency, "sweep">;
  clock: Clock;
  onError(what: string, error: unknown): void;
}

/** How soon an order that became due is looked at. */
const LOOK_EVERY_MS = 400;
/** A due order belongs to whoever took it for this long; then it is due again, should the taker have died. */
const LEASE_MS = 5_000;
/** Orders driven at a time: a provider that hangs holds up as many, not all. */
const WORKERS = 8;
const SWEEP_EVERY_MS = 60_000;

/**
 * Looks after orders that nobody else looks after (any more): asks the provider, ends what is over, tells the map.
 * Runs in every server; each due order goes to one of them. Never starts a charge.
 */
export function startReconciler(deps: ReconcilerDeps): Loop {
  const { ledger, settlement, blocks, clock } = deps;
  let isStopping = false;

  /** False: nothing is due. */
  async function work(): Promise<boolean> {
    const now = clock.now();
    const due = isStopping ? null : await ledger.takeDue(now, now + LEASE_MS);
    if (due === null) return false;
    const driven = due.kind === "block" ? blocks.drive(due.id) : settlement.drive(due.id);
    await driven.catch((error: unknown) => deps.onError("reconciling an order", error));
    return true;
  }

  async function workOn(): Promise<void> {
    while (await work()) {}
  }

  async function round(): Promise<void> {
    if (await work()) await Promise.all(Array.from({ length: WORKERS }, workOn));
  }

  const loops = [
    repeat(jittered(LOOK_EVERY_MS), round, (error) => deps.onError("reconciling", error)),
    repeat(SWEEP_EVERY_MS, deps.idempotency.sweep, (error) => deps.onError("forgetting old keys", error)),
  ];
  return {
    async stop() {
      isStopping = true;
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** A little off, so that servers started together do not march in step. */
function jittered(ms: number): number {
  return ms * (0.9 + 0.2 * Math.random());
}
