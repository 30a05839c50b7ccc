import type { HoldChangeReason } from "../../protocol/events.ts";
import type { OrderStatus } from "../../protocol/resources.ts";
import type { SeatChange, SeatCounts, SeatState } from "../../protocol/states.ts";
import type { HoldRecord, MapAnswer, MapDelta, MapMessage, MapRefusal, MapStep, SeatHolder } from "../port.ts";

type Part = string | number;
/** What a script adds to the step, after code, epoch, version, time and changes. */
export type Extra = readonly Part[];

/** The codes of refusals, as `_step.lua` numbers them. */
const REFUSALS = {
  [-1]: "not_loaded",
  [-2]: "stale_run",
  [-3]: "seat_taken",
  [-4]: "hold_limit",
  [-5]: "seat_unknown",
  [-6]: "hold_expired",
  [-7]: "forbidden",
  [-8]: "request_mismatch",
  [-9]: "lines_mismatch",
} as const satisfies Record<number, MapRefusal["why"]>;

/** Reads a script's reply; `read` makes the result of an accepted one. `max` is what a `hold_limit` names. */
export function readAnswer<T extends object>(reply: unknown, read: (extra: Extra) => T, max = 0): MapAnswer<T> {
  if (!Array.isArray(reply)) throw new TypeError("a script of the seat map answered no list");
  const [code, epoch, version, at, changes, ...extra] = reply as Part[];
  const why = REFUSALS[Number(code) as keyof typeof REFUSALS];
  if (why === "not_loaded" || why === "stale_run") return { ok: false, why };
  const step = readStep(String(epoch), Number(version), Number(at), String(changes));
  switch (why) {
    case undefined:
      return { ok: true, ...read(extra), ...step };
    case "seat_taken":
      return { ok: false, why, seats: readSeats(extra[0]), ...step };
    case "hold_limit":
      return { ok: false, why, max, ...step };
    default:
      return { ok: false, why, ...step };
  }
}

function readStep(epoch: string, version: number, at: number, changes: string): MapStep {
  const delta = changes === "" ? null : { epoch, from: version - 1, version, changes: readChanges(changes) };
  return { position: { epoch, version }, delta, at };
}

/** `3H 4H 9A` */
export function readChanges(text: string): SeatChange[] {
  return text.split(" ").map((change) => [Number(change.slice(0, -1)), change.slice(-1) as SeatState]);
}

function readSeats(csv: Part | undefined): number[] {
  return csv === undefined || csv === "" ? [] : String(csv).split(",").map(Number);
}

/** Six values: token, session, expires, cap, graces, seats; no token, no hold. */
export function readHold(parts: Extra): HoldRecord | null {
  const [token, sessionId, expiresAt, capAt, graces, seats] = parts;
  if (token === undefined || token === "") return null;
  return {
    token: String(token),
    sessionId: String(sessionId),
    seats: readSeats(seats),
    expiresAt: Number(expiresAt),
    capAt: Number(capAt),
    graces: Number(graces),
  };
}

/** As `readHold`, where there must be one. */
export function readCertainHold(parts: Extra): HoldRecord {
  const hold = readHold(parts);
  if (hold === null) throw new TypeError("a script of the seat map answered no hold");
  return hold;
}

/** `A H S B`, the seats in each state. */
export function readCounts(text: Part | undefined): SeatCounts {
  const [available = 0, held = 0, sold = 0, blocked = 0] = String(text).split(" ").map(Number);
  return { capacity: available + held + sold + blocked, available, held, sold, blocked };
}

/** Four values per seat: index, `hold` or the booking's state, session or booking, until (0: no end). */
export function readHolders(parts: Extra): SeatHolder[] {
  const holders: SeatHolder[] = [];
  for (let at = 0; at < parts.length; at += 4) {
    const [index, kind, who, until] = parts.slice(at, at + 4).map(String);
    holders.push({ index: Number(index), by: readHolder(kind ?? "", who ?? "", Number(until)) });
  }
  return holders.sort((a, b) => a.index - b.index);
}

function readHolder(kind: string, who: string, until: number): SeatHolder["by"] {
  if (kind === "hold") return { kind, sessionId: who, until };
  const state = kind as "paying" | "sold" | "blocked";
  return { kind: "booking", bookingId: who, state, ...(until === 0 ? {} : { until }) };
}

/** Lines of the log as one delta; the later state of a seat wins. */
export function readLog(epoch: string, from: number, version: number, lines: Extra): MapDelta {
  const latest = new Map<number, SeatState>();
  for (const line of lines) for (const [index, state] of readChanges(String(line))) latest.set(index, state);
  return { epoch, from, version, changes: [...latest].sort((a, b) => a[0] - b[0]) };
}

/** A message of the public channel: `reset`, or `epoch from to A H S B changes`. */
export function readPublic(showtimeId: string, text: string): MapMessage {
  if (text === "reset") return { kind: "reset", showtimeId };
  const [epoch = "", from, version, ...rest] = text.split(" ");
  const delta = { epoch, from: Number(from), version: Number(version), changes: readChanges(rest.slice(4).join(" ")) };
  return { kind: "changed", showtimeId, delta, counts: readCounts(rest.slice(0, 4).join(" ")) };
}

/** A message of the private channel: a list that begins with the reason of a hold's change, or with `order`. */
export function readPrivate(showtimeId: string, text: string): MapMessage {
  const [what, session, ...parts] = JSON.parse(text) as Part[];
  const sessionId = String(session);
  if (what === "order") {
    const [orderId, status] = parts;
    return { kind: "order", showtimeId, sessionId, orderId: String(orderId), status: status as OrderStatus };
  }
  return { kind: "hold", showtimeId, sessionId, hold: readHold(parts), reason: what as HoldChangeReason };
}

export function writeOrderNotice(notice: { sessionId: string; orderId: string; status: OrderStatus }): string {
  return JSON.stringify(["order", notice.sessionId, notice.orderId, notice.status]);
}
