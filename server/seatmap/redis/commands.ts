/** The port's commands as scripts: arguments in, answers out. What they do stands in the Lua files. */
import type { BookingSeats, MapAnswer, SeatMap } from "../port.ts";
import { type Extra, readAnswer, readCertainHold, readCounts, readHold, readHolders, readLog } from "./answers.ts";
import { recordedKey, requestsKey } from "./keys.ts";
import type { ScriptName } from "./scripts.ts";

/** Runs a script on a showtime; `ninth` is the one key that not all commands share. Rejects with `MapUnavailable`. */
export type RunScript = (
  name: ScriptName,
  showtimeId: string,
  args: readonly string[],
  ninth?: string,
) => Promise<unknown>;

/** Stands for an index that is no index: beyond the last seat of any map. */
const NO_SEAT = 1_000_000;

/** What a buyer's session does. */
export function sessionCommands(
  run: RunScript,
): Pick<SeatMap, "hold" | "extend" | "release" | "firstAnswer" | "holdOf" | "beginPayment"> {
  return {
    async hold(command) {
      const { showtimeId, sessionId, freshToken, ttlMs, capMs, maxSeats } = command;
      const args = [...repeatable(command), command.hold ?? "", freshToken];
      args.push(String(ttlMs), String(capMs), String(maxSeats), seatList(command.seats));
      const name = command.over === true ? "hold-over" : "hold";
      const reply = await run(name, showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readCertainHold(extra) }), maxSeats);
    },
    async extend(command) {
      const { showtimeId, sessionId, ttlMs } = command;
      const args = [...repeatable(command), String(ttlMs)];
      const reply = await run("extend", showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readCertainHold(extra) }));
    },
    async release(command) {
      const { showtimeId, sessionId, seats } = command;
      const args = [...repeatable(command), command.hold ?? "", seats === undefined ? "all" : seatList(seats)];
      const reply = await run("release", showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readHold(extra) }));
    },
    async firstAnswer(command) {
      const { showtimeId, sessionId } = command;
      const reply = await run("first-answer", showtimeId, repeatable(command), requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readHold(extra) }));
    },
    async holdOf({ showtimeId, sessionId }) {
      return readAnswer(await run("hold-of", showtimeId, [sessionId]), (extra) => ({ hold: readHold(extra) }));
    },
    async beginPayment({ showtimeId, sessionId, hold, seats, bookingId, windowMs }) {
      const args = [sessionId, hold, seatList(seats), bookingId, String(windowMs)];
      const reply = await run("begin-payment", showtimeId, args);
      return readAnswer(reply, (extra) => ({ hold: readCertainHold(extra), deadline: Number(extra[6]) }));
    },
  };
}

/** What the ledger says. */
export function ledgerCommands(run: RunScript): Pick<SeatMap, "settle" | "endPayment" | "finishLoad"> {
  return {
    async settle({ showtimeId, booking }) {
      const { id, version, state, sessionId, deadline, seats } = booking;
      const args = [id, String(version), state, sessionId ?? "", String(deadline ?? 0), seatList(seats)];
      return readAnswer(await run("settle", showtimeId, args, recordedKey(showtimeId)), () => ({}));
    },
    async endPayment({ showtimeId, bookingId, version, back }) {
      const args = [bookingId, String(version)];
      if (back === undefined) args.push("", "");
      else {
        const { expiresAt, capAt, graces, minLeftMs, maxGraces } = back;
        args.push(back.token, back.sessionId, ...[expiresAt, capAt, graces, minLeftMs, maxGraces].map(String));
      }
      const reply = await run("end-payment", showtimeId, args, recordedKey(showtimeId));
      return readAnswer(reply, (extra) => ({ hold: readHold(extra) }));
    },
    async finishLoad({ showtimeId, epoch, bookings }) {
      const rows = JSON.stringify(bookings.map(bookingRow));
      return (await run("finish-load", showtimeId, [epoch, rows], recordedKey(showtimeId))) === 1;
    },
  };
}

/** What everyone may ask. */
export function readCommands(run: RunScript): Pick<SeatMap, "expire" | "snapshot" | "since" | "holders" | "counts"> {
  const read = async <T extends object>(
    name: ScriptName,
    showtimeId: string,
    args: readonly string[],
    result: (extra: Extra) => T,
  ): Promise<MapAnswer<T>> => readAnswer(await run(name, showtimeId, args), result);

  return {
    expire: (showtimeId) =>
      read("expire", showtimeId, [], ([next, ...overdue]) => ({
        overdue: overdue.map(String).sort(),
        nextDue: next === "" ? null : Number(next),
      })),
    async snapshot(showtimeId) {
      const answer = await read("snapshot", showtimeId, [], ([states, layoutVersion, counts]) => ({
        states: String(states),
        layoutVersion: Number(layoutVersion),
        counts: readCounts(counts),
      }));
      if (!answer.ok) return answer;
      const { states, layoutVersion, counts, ...step } = answer;
      return { ...step, snapshot: { ...step.position, states, layoutVersion, counts, at: step.at } };
    },
    async since(showtimeId, { epoch, version }) {
      const answer = await read("since", showtimeId, [epoch, String(version)], (lines) => ({ lines }));
      if (!answer.ok) return answer;
      const { lines, ...step } = answer;
      const [isKnown, ...missed] = lines;
      return { ...step, since: isKnown === 1 ? readLog(epoch, version, step.position.version, missed) : null };
    },
    holders: (showtimeId) => read("holders", showtimeId, [], (extra) => ({ holders: readHolders(extra) })),
    async counts(showtimeIds) {
      const answers = showtimeIds.map((showtimeId) =>
        read("counts", showtimeId, [], ([counts]) => ({ counts: readCounts(counts) })),
      );
      return (await Promise.all(answers)).map((answer) => (answer.ok ? answer.counts : null));
    },
  };
}

function repeatable(command: { sessionId: string; requestId: string; payloadHash: string }): string[] {
  return [command.sessionId, command.requestId, command.payloadHash];
}

/** Seats as scripts read them: ascending, each once. */
function seatList(seats: readonly number[]): string {
  const indexes = seats.map((index) => (Number.isInteger(index) && index >= 0 ? index : NO_SEAT));
  return [...new Set(indexes)].sort((a, b) => a - b).join(",");
}

function bookingRow(booking: BookingSeats) {
  const seats = [...new Set(booking.seats)].sort((a, b) => a - b);
  return [booking.id, booking.version, booking.state, booking.sessionId ?? "", booking.deadline ?? 0, seats];
}
