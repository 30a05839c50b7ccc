import { type Signal, signal } from "@preact/signals";
import { useLayoutEffect, useMemo } from "preact/hooks";
import type { SeatLooks } from "../live/looks.ts";
import { useLook } from "../look.ts";
import { rowsOf } from "./geometry.ts";
import type { SeatNamer } from "./names.ts";

export interface SeatListProps {
  looks: SeatLooks;
  name: SeatNamer;
  onPick(index: number): void;
}

/** The same seats as a list, row by row: for those whom a map does not help. A change redraws its own row. */
export function SeatList({ looks, name, onPick }: SeatListProps) {
  const words = useLook().words.value;
  const rows = useMemo(() => rowsOf(looks.seats).map((row) => ({ ...row, version: signal(0) })), [looks.seats]);
  // With the first drawing: a seat that is picked before the next paint would stay as it was.
  useLayoutEffect(() => {
    const rowOf = new Map(rows.flatMap((row) => row.seats.map((index) => [index, row] as const)));
    return looks.watch((indexes) => {
      for (const row of new Set(indexes.map((index) => rowOf.get(index)))) if (row) row.version.value++;
    });
  }, [looks, rows]);
  return (
    <section class="seatlist" aria-label={words.seatList} data-testid="seatlist">
      {rows.map((row) => (
        <Row key={row.label} row={row} looks={looks} name={name} onPick={onPick} />
      ))}
    </section>
  );
}

interface RowProps extends SeatListProps {
  row: { label: string; seats: number[]; version: Signal<number> };
}

function Row({ row, looks, name, onPick }: RowProps) {
  const words = useLook().words.value;
  void row.version.value;
  const free = row.seats.filter((index) => looks.look(index) === "free").length;
  return (
    <section class="seatlist-row" aria-labelledby={`row-${row.label}`}>
      <h2 id={`row-${row.label}`}>
        {words.rowWord} {row.label} <span class="soft">{words.rowFree(free)}</span>
      </h2>
      <ul>
        {row.seats.map((index) => {
          const seat = looks.seats[index];
          if (!seat) return null;
          const look = looks.look(index);
          return (
            <li key={seat.id}>
              <button
                type="button"
                class="seatlist-seat"
                data-look={look}
                data-kind={seat.kind}
                aria-label={name(seat, look)}
                aria-pressed={look === "mine"}
                aria-disabled={look !== "free" && look !== "mine"}
                onClick={() => onPick(index)}
              >
                {seat.number}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
