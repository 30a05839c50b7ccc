import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MapAnswer } from "../../server/seatmap/port.ts";
import type { Store } from "../../server/store/port.ts";
import { startReconciler } from "../../server/workers/reconciler.ts";
import type { Loop } from "../../server/workers/repeat.ts";
import { startSweeper } from "../../server/workers/sweeper.ts";
import { anOrder } from "../support/orders.ts";

/** The loops on made-up time, with made-up rooms. */
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Swept = MapAnswer<{ overdue: string[]; nextDue: number | null }>;
const swept = (overdue: string[] = [], nextDue: number | null = null): Swept => {
  return { ok: true, overdue, nextDue, at: Date.now(), delta: null, position: { epoch: "e", version: 1 } };
};

function sweeper(showtimeIds: string[], expire: (id: string) => Promise<Swept>, overdue = vi.fn(async () => {})) {
  const find = async ({ status }: { status: string }) =>
    status === "on-sale" ? showtimeIds.map((id) => ({ id })) : [];
  const store = { collection: () => ({ find }) } as unknown as Store;
  const errors: unknown[] = [];
  const onError = (_what: string, error: unknown) => void errors.push(error);
  const restore = vi.fn(async (_id: string) => {});
  const rooms = { map: { expire }, restore, settlement: { overdue } };
  const loop = startSweeper({ store, ...rooms, clock: { now: Date.now }, onError });
  return { loop, overdue, restore, errors };
}

async function stopped(loop: Loop): Promise<void> {
  const stopping = loop.stop();
  await vi.runAllTimersAsync();
  await stopping;
}

describe("the sweeper", () => {
  it("[O60] ends what is due on every showtime each second, and comes back at the very moment of the next end", async () => {
    const at: number[] = [];
    let nextDue: number | null = Date.now() + 1_400;
    const { loop } = sweeper(["sht_a"], async () => {
      at.push(Date.now());
      if (nextDue !== null && nextDue <= Date.now()) nextDue = null;
      return swept([], nextDue);
    });
    const start = Date.now();
    await vi.advanceTimersByTimeAsync(1_450);
    expect(at.some((when) => when - start >= 1_400 && when - start <= 1_420)).toBe(true);
    await stopped(loop);
  });

  it("[O61] deals with each overdue payment once at a time, and goes on when one hangs or fails", async () => {
    let free = () => {};
    const overdue = vi.fn(async (_showtime: string, booking: string) => {
      if (booking === "ord_hangs")
        return new Promise<void>((resolve) => {
          free = resolve;
        });
      throw new Error("no");
    });
    const { loop, errors } = sweeper(["sht_a"], async () => swept(["ord_hangs", "ord_fails"]), overdue as never);
    await vi.advanceTimersByTimeAsync(5_000);
    const asked = (id: string) => overdue.mock.calls.filter(([, booking]) => booking === id).length;
    expect(asked("ord_hangs")).toBe(1);
    expect(asked("ord_fails")).toBeGreaterThanOrEqual(4);
    expect(errors.length).toBe(asked("ord_fails"));
    free();
    await stopped(loop);
  });

  it("[O62] one showtime's trouble is its own; a stopped sweeper touches nothing", async () => {
    const seen = new Map<string, number>();
    const { loop, errors } = sweeper(["sht_bad", "sht_good"], async (id) => {
      seen.set(id, (seen.get(id) ?? 0) + 1);
      if (id === "sht_bad") throw new Error("bad");
      return swept();
    });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(seen.get("sht_good")).toBeGreaterThanOrEqual(3);
    expect(errors.length).toBe(seen.get("sht_bad"));
    await stopped(loop);
    const before = seen.get("sht_good");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen.get("sht_good")).toBe(before);
  });
});

describe("the sweeper and a map that is gone", () => {
  it("[O64] has it restored until it is there, and touches none that is", async () => {
    let isLost = false;
    const lost: Swept = { ok: false, why: "not_loaded" };
    const { loop, restore } = sweeper(["sht_gone", "sht_there"], async (id) =>
      id === "sht_gone" && isLost ? lost : swept(),
    );
    await vi.advanceTimersByTimeAsync(1_500);
    expect(restore).not.toHaveBeenCalled();
    isLost = true;
    restore.mockRejectedValueOnce(new Error("not now"));
    restore.mockImplementation(async () => {
      isLost = false;
    });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(restore.mock.calls).toEqual([["sht_gone"], ["sht_gone"]]);
    await stopped(loop);
  });
});

describe("the reconciler", () => {
  it("[O63] drives each due order, also after one that fails, and leases it while it works", async () => {
    const due = [1, 2, 3].map((n) => anOrder({ id: `ord_${n}`, nextCheckAt: 0 }));
    const leases: number[] = [];
    const takeDue = vi.fn(async (now: number, nextCheckAt: number) => {
      leases.push(nextCheckAt - now);
      return due.shift() ?? null;
    });
    const drive = vi.fn(async (id: string) => {
      if (id === "ord_2") throw new Error("no");
      return null;
    });
    const errors: string[] = [];
    const loop = startReconciler({
      ...{ ledger: { takeDue }, settlement: { drive }, idempotency: { sweep: async () => {} } },
      blocks: { drive: async () => {} },
      clock: { now: Date.now },
      onError: (what) => void errors.push(what),
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drive.mock.calls.map(([id]) => id).sort()).toEqual(["ord_1", "ord_2", "ord_3"]);
    expect(errors).toEqual(["reconciling an order"]);
    expect(Math.min(...leases)).toBeGreaterThan(0);
    await stopped(loop);
    const asked = takeDue.mock.calls.length;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(takeDue.mock.calls.length).toBe(asked);
  });
});
