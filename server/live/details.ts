import { timestamp } from "../basics/clock.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { SeatBuyer, SeatDetail } from "../protocol/events.ts";
import type { SeatHolder, SeatMap } from "../seatmap/port.ts";
import { broadcast } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import type { Hall, Served } from "./hall.ts";
import type { Topic } from "./outlet.ts";
import { pause } from "./shared.ts";
import { encodeEvent, type Frame } from "./wire.ts";

/** What staff see of a booking. */
export interface BookingNote {
  orderNumber?: string;
  by?: string;
  who?: SeatBuyer;
  /** Of a block: what is said of each seat. */
  seats?: ReadonlyMap<string, Pick<SeatDetail, "by" | "who" | "reason" | "name" | "until">>;
}

export interface DetailsDeps {
  /** A map that loads itself. */
  map: Pick<SeatMap, "holders">;
  hall: Pick<Hall, "find" | "keep">;
  /** What is known of bookings, by id; those that are not in the ledger are left out. */
  notesOf(bookingIds: readonly string[]): Promise<ReadonlyMap<string, BookingNote>>;
  /** Whose sessions these are, by id. */
  buyersOf(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SeatBuyer>>;
  logger: LiveLogger;
  onSent(messages: number): void;
  windowMs?: number;
}

/** Who has which seat of a showtime and until when, for staff. */
export interface Details {
  /** Call the answer in the turn in which it is sent: from then on changes are pushed. */
  watch(connection: Connection, served: Served): Promise<Outcome<{ enter: () => SeatDetail[] }>>;
  forget(connection: Connection, showtimeId?: string): void;
  changed(showtimeId: string): void;
}

/** Between two messages about one showtime: each reads the whole map and the ledger. */
const WINDOW_MS = 500;

interface Watched {
  members: Map<Connection, Topic>;
  isDirty: boolean;
  isPushing: boolean;
}

export function createDetails(deps: DetailsDeps): Details {
  const watched = new Map<string, Watched>();

  async function read({ showtimeId, replica }: Served): Promise<Outcome<{ seats: SeatDetail[] }>> {
    const answer = await deps.map.holders(showtimeId);
    if (!answer.ok) return refuse("unavailable", "The seat map is being rebuilt, try again", { retryAfterMs: 500 });
    const bookingIds = new Set(answer.holders.flatMap(({ by }) => (by.kind === "booking" ? by.bookingId : [])));
    const sessionIds = new Set(answer.holders.flatMap(({ by }) => (by.kind === "hold" ? by.sessionId : [])));
    const [notes, buyers] = await Promise.all([deps.notesOf([...bookingIds]), deps.buyersOf([...sessionIds])]);
    const { seats } = replica.showtime().layout;
    return {
      ok: true,
      seats: answer.holders.flatMap((holder) => detailOf(holder, seats[holder.index]?.id, notes, buyers)),
    };
  }

  async function frameFor(served: Served): Promise<Frame | null> {
    const { showtimeId } = served;
    const details = await read(served);
    return details.ok ? encodeEvent("seats:details", { showtimeId, seats: details.seats }) : null;
  }

  async function push(showtimeId: string, group: Watched): Promise<void> {
    group.isPushing = true;
    while (group.isDirty && group.members.size > 0) {
      group.isDirty = false;
      try {
        const served = deps.hall.find(showtimeId);
        const frame = served && (await frameFor(served));
        if (frame) await broadcast(group.members, ({ outlet }, topic) => outlet.follow(frame, topic));
        if (frame) deps.onSent(group.members.size);
      } catch (error) {
        group.isDirty = true;
        failureOf(error, "reading who has which seat", deps.logger);
      }
      await pause(deps.windowMs ?? WINDOW_MS);
    }
    group.isPushing = false;
  }

  function changed(showtimeId: string): void {
    const group = watched.get(showtimeId);
    if (group === undefined) return;
    group.isDirty = true;
    if (!group.isPushing) void push(showtimeId, group);
  }

  function enter(connection: Connection, { showtimeId }: Served): void {
    const group = watched.get(showtimeId) ?? { members: new Map(), isDirty: false, isPushing: false };
    watched.set(showtimeId, group);
    // Who did not read gets what is true when the next change is told, at the latest.
    group.members.set(connection, { resync: () => changed(showtimeId) });
    // What was read may have changed before this turn.
    changed(showtimeId);
  }

  function forgetOne(connection: Connection, showtimeId: string): void {
    const group = watched.get(showtimeId);
    if (group?.members.delete(connection) && group.members.size === 0) watched.delete(showtimeId);
  }

  return {
    async watch(connection, served) {
      const details = await read(served);
      if (!details.ok) return details;
      return {
        ok: true,
        enter() {
          if (connection.isOpen()) enter(connection, served);
          return details.seats;
        },
      };
    },
    forget(connection, showtimeId) {
      for (const id of showtimeId === undefined ? [...watched.keys()] : [showtimeId]) forgetOne(connection, id);
    },
    changed,
  };
}

const STATES = { paying: "H", sold: "S", blocked: "B" } as const;

function detailOf(
  { by }: SeatHolder,
  seatId: string | undefined,
  notes: ReadonlyMap<string, BookingNote>,
  buyers: ReadonlyMap<string, SeatBuyer>,
): SeatDetail | [] {
  if (seatId === undefined) return [];
  const until = by.kind === "hold" || by.until !== undefined ? { until: timestamp(by.until ?? 0) } : {};
  if (by.kind === "hold") {
    const who = buyers.get(by.sessionId);
    return { seatId, state: "H", by: by.sessionId, ...(who && { who }), ...until };
  }
  const { seats, ...note } = notes.get(by.bookingId) ?? {};
  return { seatId, state: STATES[by.state], ...until, ...note, ...seats?.get(seatId) };
}
