import { effect, type ReadonlySignal } from "@preact/signals";
import type { Seat } from "../../server/protocol/resources.ts";
import type { SeatState } from "../../server/protocol/states.ts";
import type { SeatsListener } from "./map.ts";

/** How a seat is drawn: what everyone sees, and what is one's own. */
export type SeatLook = "free" | "mine" | "held" | "sold" | "blocked";

/** What a seat map draws. A screen may bring its own: staff see more than guests. */
export interface SeatLooks {
  seats: readonly Seat[];
  look(index: number): SeatLook;
  /** Calls back with the seats whose look changed, and with no other. */
  watch(listener: SeatsListener): () => void;
}

const LOOK_OF: Record<SeatState, Exclude<SeatLook, "mine">> = { A: "free", H: "held", S: "sold", B: "blocked" };

interface LooksSource {
  seats: readonly Seat[];
  stateOf(index: number): SeatState;
  watch(listener: SeatsListener): () => void;
  /** Ids of one's own seats. */
  mine: ReadonlySignal<ReadonlySet<string>>;
}

/** Lays one's own seats over what everyone sees. */
export function createSeatLooks({ seats, stateOf, watch, mine }: LooksSource): SeatLooks {
  const indexOf = new Map(seats.map((seat, index) => [seat.id, index]));

  function look(index: number): SeatLook {
    const seat = seats[index];
    return seat && mine.peek().has(seat.id) ? "mine" : LOOK_OF[stateOf(index)];
  }

  return {
    seats,
    look,
    watch(listener) {
      const shown = seats.map((_, index) => look(index));
      const pass = (indexes: readonly number[]) => {
        const changed = indexes.filter((index) => shown[index] !== look(index));
        for (const index of changed) shown[index] = look(index);
        if (changed.length > 0) listener(changed);
      };
      let before: ReadonlySet<string> = mine.peek();
      const stopMine = effect(() => {
        const now = mine.value;
        const touched = [...before, ...now].filter((id) => before.has(id) !== now.has(id));
        before = now;
        pass(touched.flatMap((id) => indexOf.get(id) ?? []));
      });
      const stopStates = watch(pass);
      return () => {
        stopMine();
        stopStates();
      };
    },
  };
}
