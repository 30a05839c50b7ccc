import type { ComponentChildren } from "preact";
import type { Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { BackIcon } from "../../../ui/parts/icons.tsx";
import { useDesk } from "../desk.ts";
import type { Screen } from "../state/route.ts";
import { ScreenLink } from "./ScreenLink.tsx";

interface RoomHeadProps {
  title: string;
  showtime: Showtime;
  back: Screen;
  children?: ComponentChildren;
}

/** Which showtime one is looking at, and the way back. */
export function RoomHead({ title, showtime, back, children }: RoomHeadProps) {
  const words = useDesk().words.value;
  const formats = useLook().formats.value;
  return (
    <header class="room-head">
      <ScreenLink to={back} class="icon-button" label={words.back}>
        <BackIcon />
      </ScreenLink>
      <div>
        <p class="soft">{title}</p>
        <h1>{showtime.film.title}</h1>
        <p class="tabular">
          {formats.day(showtime.startsAt)} · <b>{formats.time(showtime.startsAt)}</b> · {showtime.auditorium.name}
          {showtime.attributes.length > 0 && ` · ${showtime.attributes.join(" · ")}`}
        </p>
      </div>
      <div class="room-head-acts">{children}</div>
    </header>
  );
}
