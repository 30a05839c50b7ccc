import { useEffect, useState } from "preact/hooks";
import type { Order, Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { addDays, instantOfDay } from "../../../ui/words/zone.ts";
import { useResource } from "../parts/managed.ts";
import type { ResourceList } from "../state/list.ts";
import { useWordsOf } from "../words/use.ts";
import { choicesOf } from "./orders.ts";
import { orderWords } from "./orderWords.ts";

/** First the day, then what is shown on it: nobody knows a showtime by its id. */
export function ShowtimeFilter({ list }: { list: ResourceList<Order> }) {
  const words = useWordsOf(orderWords);
  const look = useLook();
  const formats = look.formats.value;
  const { timeZone } = look.place.value;
  const resource = useResource<Showtime>("/showtimes");
  const [day, setDay] = useState("");
  const [showtimes, setShowtimes] = useState<readonly Showtime[]>([]);
  const wanted = list.query.value.showtimeId;
  useEffect(() => {
    if (wanted === undefined) return;
    // Comes back to a list that was narrowed before: the day belongs to the showtime.
    void resource.get(String(wanted)).then((answer) => {
      if (answer.ok) setShowtimes((before) => (before.length === 0 ? [answer.body] : before));
    });
  }, []);

  async function choose(chosen: string): Promise<void> {
    setDay(chosen);
    list.narrow({ showtimeId: undefined });
    if (chosen === "") return setShowtimes([]);
    const from = new Date(instantOfDay(chosen, timeZone)).toISOString();
    const to = new Date(instantOfDay(addDays(chosen, 1), timeZone)).toISOString();
    const found = await resource.all({ from, to });
    setShowtimes(found.ok ? found.items : []);
  }

  const choices = choicesOf(showtimes, formats.time);
  return (
    <>
      <input
        type="date"
        aria-label={words.day}
        title={words.day}
        data-testid="filter-day"
        value={day}
        onChange={({ currentTarget: { value } }) => void choose(value)}
      />
      {(day !== "" || choices.length > 0) && (
        <select
          class="showtime-filter"
          aria-label={words.showtime}
          data-testid="filter-showtime"
          value={String(wanted ?? "")}
          onChange={({ currentTarget: { value } }) => list.narrow({ showtimeId: value || undefined })}
        >
          <option value="">{choices.length === 0 ? words.noShowtimes : words.anyShowtime}</option>
          {choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
