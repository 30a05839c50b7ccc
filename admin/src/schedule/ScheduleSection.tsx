import type { Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { showDayOf } from "../../../ui/words/zone.ts";
import "../styles/schedule.css";
import "../styles/showtime-form.css";
import { useResource } from "../parts/managed.ts";
import type { SectionProps } from "../sections.ts";
import { isDay } from "./clock.ts";
import { DayView } from "./DayView.tsx";
import { useHouse } from "./house.ts";
import { ShowtimeEditor } from "./ShowtimeEditor.tsx";

/** The schedule: one day at an address like `/admin/schedule/2027-03-14`, one showtime by its id. */
export default function ScheduleSection({ link, id }: SectionProps) {
  const { timeZone } = useLook().place.value;
  const showtimes = useResource<Showtime>("/showtimes");
  const house = useHouse();
  if (id !== undefined && !isDay(id)) return <ShowtimeEditor key={id} showtimes={showtimes} house={house} id={id} />;
  return <DayView showtimes={showtimes} house={house} link={link} day={id ?? showDayOf(Date.now(), timeZone)} />;
}
