import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Seat } from "../../../server/protocol/resources.ts";
import { countStates } from "../../../server/protocol/states.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createSeatLooks } from "../../../ui/live/looks.ts";
import type { LiveMap } from "../../../ui/live/map.ts";
import { useLook } from "../../../ui/look.ts";
import { Legend } from "../../../ui/seats/Legend.tsx";
import { createSeatNamer } from "../../../ui/seats/names.ts";
import { SeatMap } from "../../../ui/seats/SeatMap.tsx";
import { useDesk } from "../desk.ts";
import { FillBar } from "../parts/FillBar.tsx";
import { HolderTable } from "../parts/HolderTable.tsx";
import { RoomHead } from "../parts/RoomHead.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { createSeatDetails, type SeatDetails } from "../state/details.ts";
import { type Room, useRoom } from "../state/room.ts";

/** One showtime: its map, and who has what until when. */
export function ShowtimeScreen({ link, showtimeId }: { link: Link; showtimeId: string }) {
  const desk = useDesk();
  const room = useRoom(desk.api, link, showtimeId);
  if (room === null) return null;
  if (room.gone.value) return <h1 class="console-message">{desk.words.value.showtimeGone}</h1>;
  return <OpenRoom room={room} link={link} />;
}

function OpenRoom({ room, link }: { room: Room; link: Link }) {
  const desk = useDesk();
  const words = desk.words.value;
  const showtime = room.showtime.value;
  const state = room.map.state.value;
  const details = useDetails(link, room.map.showtimeId, desk.session.may("seats:details"));
  if (showtime === null || state.status !== "ready") return <p class="console-message" aria-busy="true" />;
  return (
    <section class="room">
      <RoomHead title={words.showtime} showtime={showtime} back={{ screen: "wall" }}>
        {desk.session.may("sell") && (
          <ScreenLink to={{ screen: "sale", showtimeId: showtime.id }} class="button primary" testId="sell">
            {words.sell}
          </ScreenLink>
        )}
      </RoomHead>
      <div class="room-map">
        <RoomCounts map={room.map} />
        <WatchedMap map={room.map} seats={state.seats} />
        <Legend seats={state.seats} blocked />
      </div>
      <aside class="room-side" aria-label={words.whoHasWhat}>
        {details === null ? <p class="soft">{words.noDetails}</p> : <HolderTable details={details} />}
      </aside>
    </section>
  );
}

function useDetails(link: Link, showtimeId: string, mayRead: boolean): SeatDetails | null {
  const [details, setDetails] = useState<SeatDetails | null>(null);
  useEffect(() => {
    if (!mayRead) return;
    const made = createSeatDetails(link, showtimeId);
    setDetails(made);
    return () => made.close();
  }, [link, showtimeId, mayRead]);
  return details;
}

function WatchedMap({ map, seats }: { map: LiveMap; seats: readonly Seat[] }) {
  const look = useLook();
  const [words, formats] = [look.words.value, look.formats.value];
  const nobody = useSignal<ReadonlySet<string>>(new Set());
  const looks = useMemo(
    () => createSeatLooks({ seats, stateOf: map.stateOf, watch: map.watch, mine: nobody }),
    [map, seats],
  );
  const name = useMemo(() => createSeatNamer(words, formats, () => null), [words, formats]);
  return <SeatMap looks={looks} name={name} onPick={() => undefined} />;
}

/** Counts of this very map, so that picture and numbers never disagree. */
function RoomCounts({ map }: { map: LiveMap }) {
  const words = useDesk().words.value;
  const [counts, setCounts] = useState(() => countStates(map.states()));
  useEffect(() => {
    setCounts(countStates(map.states()));
    return map.watch(() => setCounts(countStates(map.states())));
  }, [map]);
  const shown = [
    ["free", counts.available],
    ["held", counts.held],
    ["sold", counts.sold],
    ["blocked", counts.blocked],
  ] as const;
  return (
    <div class="room-counts">
      <dl>
        {shown.map(([key, seats]) => (
          <div key={key} class={`count count-${key}`}>
            <dt>{words[key]}</dt>
            <dd class="tabular" data-testid={`count-${key}`}>
              {seats}
            </dd>
          </div>
        ))}
      </dl>
      <FillBar counts={counts} />
    </div>
  );
}
