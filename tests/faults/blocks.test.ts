import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BlockPoint } from "../../server/booking/points.ts";
import { api } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { allOrders, openShopper, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { hasRedis, startRedis } from "../support/redis.ts";

/** The server dies, as by SIGKILL, between the ledger and the map, and between a block and the order it gives way to. */
const CHILD = "tests/support/block-child.mjs";
const DEATHS = times(1, 3, 30);
const WINDOW_S = 2;

async function dieAt(point: BlockPoint, server: ServerProcess, act: () => Promise<unknown>): Promise<void> {
  const died = once(server.child, "exit");
  const ready = once(server.child, "message");
  server.child.send(point);
  await ready;
  // The answer may come before the death, or never.
  await act().catch(() => null);
  await died;
  expect(server.child.signalCode).toBe("SIGKILL");
}

/** Undefined while the server gathers itself. */
const stateOf = (server: ServerProcess, stage: Stage, seat: string) =>
  seatStates(server.url, stage).then(
    (states) => states.get(seat),
    () => undefined,
  );

describe.each([
  { kind: "in the process", isHere: true, inRedis: false },
  { kind: "in Redis", isHere: hasRedis && hasTime, inRedis: true },
])("maps $kind: the server dies while seats are blocked", ({ isHere, inRedis }) => {
  it.skipIf(!isHere)(
    "[C89] the seats are blocked, or sold to who may, and nobody else's",
    {
      timeout: 60_000 + DEATHS * 20_000,
    },
    async () => {
      const redis = inRedis ? await startRedis() : null;
      const dataDir = await mkdtemp(join(tmpdir(), "butaca-blocks-"));
      const env = { DATA_DIR: dataDir, PAYMENT_WINDOW_S: String(WINDOW_S), ...(redis && { REDIS_URL: redis.url }) };
      const start = () => spawnServer(env, CHILD);
      let server = await start();
      const stage = await setStage(server.url);
      const block = (seat: string) =>
        api(server.url)(
          "PUT",
          `/showtimes/${stage.showtimeId}/blocks`,
          { seats: [seat], reason: "Press" },
          { token: stage.adminToken },
        );
      try {
        for (let death = 0; death < DEATHS; death++) {
          const [kept = "", sold = ""] = stage.seats.slice(2 * death);
          await dieAt("block-written", server, () => block(kept));
          server = await start();
          await eventually(async () => (await stateOf(server, stage, kept)) === "B", 15_000, "the block on the map");
          expect((await block(sold)).status).toBe(200);
          const clerk = await openShopper(server.url, stage, stage.adminToken);
          const hold = await clerk.hold([sold]);
          await dieAt("block-lent", server, () => clerk.order(hold, { method: "cash" }));
          clerk.close();
          server = await start();
          await comesBack(server, stage, sold);
        }
      } finally {
        await server.close();
        await rm(dataDir, { recursive: true, force: true });
        await redis?.stop();
      }
    },
  );
});

/** A seat that was lent to an order that never came: nobody else's at any moment, blocked again, and sold to who may. */
async function comesBack(server: ServerProcess, stage: Stage, seat: string): Promise<void> {
  const isBack = async () => {
    const state = await stateOf(server, stage, seat);
    expect(state).not.toBe("A");
    return state === "B";
  };
  await eventually(isBack, 20_000, "the seat coming back");
  const guest = await openShopper(server.url, stage);
  await expect(guest.hold([seat])).rejects.toThrow();
  guest.close();
  const clerk = await openShopper(server.url, stage, stage.adminToken);
  const { id } = await clerk.buy([seat], { method: "cash" });
  expect((await clerk.get(id)).status).toBe("confirmed");
  clerk.close();
  const orders = await allOrders(server.url, stage.adminToken);
  const owners = orders.filter(({ status, lines }) => status === "confirmed" && lines[0]?.seatId === seat);
  expect(owners).toHaveLength(1);
}
