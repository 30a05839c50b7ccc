import { randomUUID } from "node:crypto";
import type { MapRefusal, SeatMap } from "../seatmap/port.ts";

/** How long the seats are kept: while the ledger takes them, which is one write. */
const KEEP_MS = 30_000;

export type Kept = { ok: true; letGo(): Promise<unknown> } | MapRefusal;

/**
 * Keeps seats in the map while the ledger takes them, all or none. `sessionId` is one that no client has, so that they
 * don't mix with anybody's hold. Whoever did not get them in the ledger calls `letGo`.
 */
export async function keepSeats(
  map: Pick<SeatMap, "hold" | "release">,
  keeper: { showtimeId: string; sessionId: string },
  seats: number[],
): Promise<Kept> {
  const request = () => ({ ...keeper, requestId: randomUUID(), payloadHash: "" });
  const times = { ttlMs: KEEP_MS, capMs: KEEP_MS };
  const kept = await map.hold({ ...request(), ...times, seats, maxSeats: seats.length, freshToken: randomUUID() });
  return kept.ok ? { ok: true, letGo: () => map.release(request()) } : kept;
}
