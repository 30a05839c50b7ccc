import type { Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";

/** "Dune · Fri 21 Nov, 20:30 · Room 2 · VOSE": what is being bought, on every screen of it. */
export function ShowtimeLine({ showtime }: { showtime: Showtime | null }) {
  const formats = useLook().formats.value;
  if (!showtime) return <p class="soft">…</p>;
  const when = `${formats.shortDay(showtime.startsAt)}, ${formats.time(showtime.startsAt)}`;
  return (
    <p class="showtime-line">
      <strong>{showtime.film.title}</strong>
      <span class="soft">{[when, showtime.auditorium.name, ...showtime.attributes].join(" · ")}</span>
    </p>
  );
}
