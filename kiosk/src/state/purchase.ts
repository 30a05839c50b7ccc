import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { HoldChangeReason } from "../../../server/protocol/events.ts";
import type { Seat, Showtime, TicketType } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { Link } from "../../../ui/connection/link.ts";
import type { Outcome, Refusal } from "../../../ui/connection/outcome.ts";
import { createHoldDesk, type HoldDesk } from "../../../ui/live/hold.ts";
import { createSeatLooks, type SeatLooks } from "../../../ui/live/looks.ts";
import { createLiveMap, type LiveMap } from "../../../ui/live/map.ts";
import { freeNeighbours } from "../../../ui/seats/neighbours.ts";
import { type Line, linesOf, type Offer, offersFor, totalOf } from "./lines.ts";

/** Something the guest should hear about. */
export type PurchaseNews =
  | { news: "taken"; seat: string; free: string[] }
  | { news: "limit"; max: number }
  | { news: "access-only"; seat: string }
  | { news: "single-left"; seats: string[] }
  | { news: "single-refused"; seats: string[] }
  | { news: "closed" }
  | { news: "unreachable" }
  | { news: "lost"; reason: HoldChangeReason; seats: string[] };

/** Choosing and keeping seats of one showtime, and the tickets for them. Lives as long as its screens. */
export interface Purchase {
  showtimeId: string;
  showtime: ReadonlySignal<Showtime | null>;
  map: LiveMap;
  desk: HoldDesk;
  /** Null until the map is read. */
  looks: ReadonlySignal<SeatLooks | null>;
  lines: ReadonlySignal<readonly Line[]>;
  total: ReadonlySignal<number>;
  offers(seat: Seat): Offer[];
  /** What a seat costs with the house's first ticket. */
  basePrice(seat: Seat): number | null;
  chooseTicket(seatId: string, ticketTypeId: string): void;
  /** A tap: takes a free seat, gives an own one back. `access`: someone needs the wheelchair space. */
  pick(index: number, access?: boolean): Promise<void>;
  /** Tries to get seats back that were lost, one by one. */
  takeAgain(seatIds: readonly string[]): Promise<void>;
  close(): void;
}

interface PurchaseDeps {
  api: Pick<Api, "get">;
  link: Link;
  showtimeId: string;
  ticketTypes: ReadonlySignal<readonly TicketType[]>;
  findShowtime(id: string): Promise<Outcome<{ showtime: Showtime }>>;
  tell(news: PurchaseNews): void;
}

export function createPurchase(deps: PurchaseDeps): Purchase {
  const { api, link, showtimeId, ticketTypes, tell } = deps;
  const showtime = signal<Showtime | null>(null);
  const chosen = signal<ReadonlyMap<string, string>>(new Map());
  const map = createLiveMap({ api, link, showtimeId });
  const desk = createHoldDesk({ link, showtimeId });

  void deps.findShowtime(showtimeId).then((found) => {
    if (found.ok) showtime.value = found.showtime;
    else if (found.code !== "unavailable") tell({ news: "closed" });
  });

  const seats = computed<readonly Seat[]>(() => (map.state.value.status === "ready" ? map.state.value.seats : []));
  const looks = computed(() =>
    seats.value.length === 0
      ? null
      : createSeatLooks({ seats: seats.value, stateOf: map.stateOf, watch: map.watch, mine: desk.mine }),
  );
  const lines = computed(() => {
    const mine = seats.value.filter((seat) => desk.mine.value.has(seat.id));
    return linesOf(mine, chosen.value, showtime.value?.prices ?? [], ticketTypes.value);
  });
  const offers = (seat: Seat) => offersFor(seat.zone, showtime.value?.prices ?? [], ticketTypes.value);

  const stopHold = desk.onChange(({ reason, lost }) => {
    if (lost.length > 0 && (reason === "expired" || reason === "evicted")) tell({ news: "lost", reason, seats: lost });
  });
  const stopStatus = effect(() => {
    const status = map.showtimeStatus.value;
    if (status === "closed" || status === "cancelled") tell({ news: "closed" });
  });

  function explained(refusal: Refusal, seat: string): PurchaseNews {
    const isFree = (index: number) => looks.peek()?.look(index) === "free";
    switch (refusal.code) {
      case "seat_taken":
        return { news: "taken", seat, free: freeNeighbours(seats.peek(), isFree, seat) };
      case "hold_limit":
        return { news: "limit", max: refusal.max ?? 0 };
      case "access_reserved":
        return { news: "access-only", seat };
      case "orphan_seat":
        return { news: "single-refused", seats: refusal.seats ?? [] };
      case "showtime_closed":
        return { news: "closed" };
      default:
        return { news: "unreachable" };
    }
  }

  async function take(seatId: string, access?: boolean): Promise<void> {
    const answer = await desk.add(seatId, access);
    if (!answer.ok) {
      tell(explained(answer, seatId));
      return;
    }
    const single = answer.warnings.find((warning) => warning.code === "orphan_seat");
    if (single) tell({ news: "single-left", seats: single.seats });
  }

  return {
    showtimeId,
    showtime,
    map,
    desk,
    looks,
    lines,
    total: computed(() => totalOf(lines.value)),
    offers,
    basePrice: (seat) => offers(seat)[0]?.price ?? null,
    chooseTicket(seatId, ticketTypeId) {
      chosen.value = new Map(chosen.peek()).set(seatId, ticketTypeId);
    },
    async pick(index, access) {
      const seat = seats.peek()[index];
      const look = looks.peek()?.look(index);
      if (!seat || (look !== "free" && look !== "mine")) return;
      if (link.status.peek().status !== "live") {
        tell({ news: "unreachable" });
        return;
      }
      if (look === "free") return take(seat.id, access);
      const answer = await desk.remove(seat.id);
      if (!answer.ok && answer.code !== "hold_expired") tell({ news: "unreachable" });
    },
    async takeAgain(seatIds) {
      for (const seatId of seatIds) await take(seatId);
    },
    close() {
      stopHold();
      stopStatus();
      desk.close();
      map.close();
    },
  };
}
