import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { AISLE, type ChartReading, PLACES } from "../../../server/protocol/chart.ts";
import type { Seat } from "../../../server/protocol/resources.ts";
import type { SeatLook, SeatLooks } from "../../../ui/live/looks.ts";
import { useLook } from "../../../ui/look.ts";
import { SeatMap } from "../../../ui/seats/SeatMap.tsx";
import { useWordsOf } from "../words/use.ts";
import { countKinds, nextPlace, type Place, placesOf, withPlace } from "./chart.ts";
import { auditoriumWords } from "./words.ts";

interface ChartPreviewProps {
  reading: ChartReading;
  chart: string;
  onChange(chart: string): void;
}

const BRUSHES = ["", "s", "v", "w", "c", AISLE] as const;
type Brush = (typeof BRUSHES)[number];

/** The room as guests will see it. A click on a place changes the chart's text there. */
export function ChartPreview({ reading, chart, onChange }: ChartPreviewProps) {
  const words = useWordsOf(auditoriumWords);
  const ui = useLook().words.value;
  const [brush, setBrush] = useState<Brush>("");
  const box = useRef<HTMLElement>(null);
  const picked = useRef<number | null>(null);
  const { places, looks } = useLooks(reading);

  const name = useMemo(
    () => (seat: Seat, look: SeatLook) =>
      look === "sold"
        ? words.aisle(seat.row, seat.number)
        : ui.seatName(seat.row, seat.number, ui.kinds[seat.kind], null, ""),
    [words, ui],
  );
  // The seats were drawn anew: the keys go on where they were.
  useLayoutEffect(() => {
    if (picked.current !== null)
      box.current?.querySelector<SVGElement>(`[data-index="${picked.current}"]`)?.focus({ preventScroll: true });
    picked.current = null;
  }, [looks]);

  function pick(index: number): void {
    const place = places[index];
    if (place === undefined) return;
    picked.current = index;
    onChange(withPlace(chart, place, brush === "" ? nextPlace(place.character) : brush));
  }

  return (
    <aside ref={box} class="chart-preview" aria-label={words.preview} data-testid="chart-preview">
      <fieldset class="brushes">
        <legend class="soft">{words.brush}</legend>
        {BRUSHES.map((one) => (
          <label key={one} class="tag">
            <input type="radio" name="brush" checked={brush === one} onChange={() => setBrush(one)} />
            <span>{one === "" ? words.cycle : words.key[one]}</span>
          </label>
        ))}
      </fieldset>
      {places.length === 0 ? (
        <p class="console-message">{words.unreadable}</p>
      ) : (
        <SeatMap looks={looks} name={name} onPick={pick} />
      )}
      <Capacity reading={reading} />
    </aside>
  );
}

function Capacity({ reading }: { reading: ChartReading }) {
  const words = useWordsOf(auditoriumWords);
  const formats = useLook().formats.value;
  const counts = countKinds(reading.seats);
  const kinds = Object.values(PLACES);
  return (
    <dl class="capacity tabular" aria-label={words.capacity}>
      {kinds.map((kind) => (
        <div key={kind}>
          <dt>{words.columns[kind]}</dt>
          <dd data-testid={`capacity-${kind}`}>{formats.number(counts[kind])}</dd>
        </div>
      ))}
      <div class="total">
        <dt>{words.total}</dt>
        <dd data-testid="capacity-total">{formats.number(reading.seats.length)}</dd>
      </div>
    </dl>
  );
}

/**
 * The places as a map draws them: aisles flat, seats free. While the shape of the room stays, so does the list of
 * its places: a map that is zoomed in stays where it is when a place changes its kind.
 */
function useLooks(reading: ChartReading): { places: Place[]; looks: SeatLooks } {
  const kept = useRef<Place[]>([]);
  return useMemo(() => {
    const next = placesOf(reading);
    const before = kept.current;
    const hasShape =
      next.length === before.length && next.every(({ x, y }, i) => before[i]?.x === x && before[i]?.y === y);
    if (hasShape) before.splice(0, before.length, ...next);
    else kept.current = next;
    const places = kept.current;
    const look = (index: number): SeatLook => (places[index]?.isAisle ? "sold" : "free");
    return { places, looks: { seats: places, look, watch: () => () => undefined } };
  }, [reading]);
}
