/** Groups of buyers whose server stops in the middle of their purchases. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PurchasePoint } from "../../server/booking/points.ts";
import { eventually } from "./poll.ts";
import type { ServerProcess } from "./process.ts";
import { openShopper, type Shopper, type Stage } from "./purchase.ts";

/** Somebody who was in the middle of buying one seat. */
export interface Interrupted {
  shopper: Shopper;
  seat: string;
  hold: string;
  key: string;
}

export interface Stopped {
  buyers: Interrupted[];
  /** How far the purchases had come, by the ids of their orders. */
  points: Map<string, PurchasePoint>;
  at: number;
}

export interface StopPlan {
  /** The server that stops; started from `CHILD`. */
  server: ServerProcess;
  stage: Stage;
  /** One buyer for each. */
  seats: string[];
  point: PurchasePoint;
  /** How many purchases must have reached the point. */
  count: number;
  by: "SIGKILL" | "SIGSTOP";
  /** The server on which seats are held; the stopping one, unless told otherwise. */
  holdAt?: string;
  card?: string;
}

/** Lets a group buy at once from a server that stops, as by a signal from outside, when so many are at a point. */
export async function stopAmidPurchases(plan: StopPlan): Promise<Stopped> {
  const { server, stage, point: at, count, by, holdAt = server.url } = plan;
  const buyers = await Promise.all(
    plan.seats.map(async (seat) => {
      const shopper = await openShopper(holdAt, stage);
      const { token: hold } = await shopper.hold([seat]);
      return { shopper, seat, hold, key: randomUUID() };
    }),
  );
  const note = join(tmpdir(), `butaca-note-${randomUUID()}`);
  const isArmed = once(server.child, "message");
  server.child.send({ at, count, by, note });
  await isArmed;
  const stopped = by === "SIGKILL" ? once(server.child, "exit") : standstill(server);
  // Answers may come before the end, or never.
  const answered = Promise.all(buyers.map((buyer) => orderAgain(buyer, plan.card, server.url).catch(() => null)));
  // On a machine that is very busy, fewer get so far: then those are caught.
  void answered.then(() => server.child.connected && server.child.send("now", () => {}));
  await stopped;
  const points = new Map<string, PurchasePoint>(JSON.parse(await readFile(note, "utf8")));
  return { buyers, points, at: Date.now() };
}

/** The same order with the same key, at whichever server. */
export function orderAgain({ shopper, seat, hold, key }: Interrupted, card?: string, at?: string) {
  return shopper.order({ token: hold, seats: [seat] }, { key, card, ...(at !== undefined && { at }) });
}

/** All threads of a server stand still. */
export async function standstill({ child }: ServerProcess): Promise<void> {
  const isStopped = async () => (await readFile(`/proc/${child.pid}/stat`, "utf8")).includes(") T ");
  await eventually(isStopped, 20_000, "the standstill of a server");
}
