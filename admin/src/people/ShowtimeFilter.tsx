import { useEffect, useState } from "preact/hooks";
import type { Order, Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { addDays, showDayStart } from "../../../ui/words/zone.ts";
import { FilterSelect } from "../parts/FilterSelect.tsx";
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
  const [showtimes, setShowtimes] = useState<readonly Showtime[]>([]);
  const day = String(list.query.value.day ?? "");
  useEffect(() => {
    let isHere = true;
    setShowtimes([]);
    if (day === "") return;
    const from = new Date(showDayStart(day, timeZone)).toISOString();
    const to = new Date(showDayStart(addDays(day, 1), timeZone)).toISOString();
    void resource.all({ from, to }).then((found) => {
      if (isHere && found.ok) setShowtimes(found.items);
    });
    return () => {
      isHere = false;
    };
  }, [day, timeZone, resource]);

  const choices = choicesOf(showtimes, formats.time);
  return (
    <>
      <input
        type="date"
        aria-label={words.day}
        title={words.day}
        data-testid="filter-day"
        value={day}
        onChange={({ currentTarget: { value } }) => list.narrow({ day: value || undefined, showtimeId: undefined })}
      />
      {day !== "" && (
        <FilterSelect
          {...{ list, by: "showtimeId", label: words.showtime, options: choices, class: "showtime-filter" }}
          any={choices.length === 0 ? words.noShowtimes : words.anyShowtime}
        />
      )}
    </>
  );
}
