import { useEffect, useState } from "preact/hooks";
import type { Link } from "../../../ui/connection/link.ts";
import { useLook } from "../../../ui/look.ts";
import { useDesk } from "../desk.ts";
import { FillBar } from "../parts/FillBar.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { createWall, endedLast, hasEnded, type Wall, type WallTile } from "../state/wall.ts";

/** From this many seats in a minute a showtime is in a rush. */
const FAST_PER_MINUTE = 6;
/** A start this close is said in minutes. */
const SOON_MS = 60 * 60_000;

/** Every showtime of today, filling while one looks. */
export function WallScreen({ link }: { link: Link }) {
  const { api } = useDesk();
  const { timeZone } = useLook().place.value;
  const [wall, setWall] = useState<Wall | null>(null);
  useEffect(() => {
    const made = createWall({ api, link, timeZone });
    setWall(made);
    return () => made.close();
  }, [link, timeZone]);
  return wall === null ? null : <Tiles wall={wall} />;
}

function Tiles({ wall }: { wall: Wall }) {
  const words = useDesk().words.value;
  const state = wall.state.value;
  const now = useNow();
  const totals = wall.totals.value;
  return (
    <section class="wall" aria-busy={state.status === "loading"}>
      <header class="wall-head">
        <h1>{words.wallTitle}</h1>
        <p class="tabular soft" data-testid="wall-totals">
          {words.totals(totals.sold, totals.capacity)}
        </p>
        <button type="button" class="button quiet" onClick={() => void document.documentElement.requestFullscreen()}>
          {words.wallBig}
        </button>
      </header>
      {state.status === "failed" && (
        <p class="console-message" role="alert">
          {words.wallFailed}{" "}
          <button type="button" class="button" onClick={() => wall.retry()}>
            {words.retry}
          </button>
        </p>
      )}
      {state.status === "ready" && state.tiles.length === 0 && <NothingToday />}
      {state.status === "ready" && (
        <ul class="wall-tiles">
          {endedLast(state.tiles, now).map((tile) => (
            <Tile key={tile.showtime.id} tile={tile} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}

function NothingToday() {
  const { words, session } = useDesk();
  return (
    <div class="console-message">
      <p>{words.value.wallEmpty}</p>
      {session.may("showtimes:write") && (
        <p>
          <ScreenLink to={{ screen: "schedule" }} class="button">
            {words.value.wallPlan}
          </ScreenLink>
        </p>
      )}
    </div>
  );
}

function Tile({ tile, now }: { tile: WallTile; now: number }) {
  const words = useDesk().words.value;
  const formats = useLook().formats.value;
  const { showtime } = tile;
  const counts = tile.counts.value;
  const pace = tile.pace.value;
  const starts = Date.parse(showtime.startsAt) - now;
  const isOver = hasEnded(showtime, now);
  const isFast = pace >= FAST_PER_MINUTE && counts.available > 0;
  const look = ["tile", isOver ? "over" : "", counts.available === 0 ? "full" : "", isFast ? "fast" : ""].join(" ");
  return (
    <li>
      <ScreenLink to={{ screen: "showtime", showtimeId: showtime.id }} class={look} testId="tile">
        <span class="tile-head">
          <span class="tile-time tabular">{formats.time(showtime.startsAt)}</span>
          <span class="tile-room">{showtime.auditorium.name}</span>
        </span>
        <span class="tile-film">{showtime.film.title}</span>
        <span class="tile-free">
          <strong class="tabular" data-testid="tile-free">
            {counts.available}
          </strong>{" "}
          {counts.available === 0 ? words.soldOut : words.free}
        </span>
        <FillBar counts={counts} />
        <span class="tile-counts tabular">
          <span>
            <b data-testid="tile-sold">{counts.sold}</b> {words.sold}
          </span>
          <span>
            <b data-testid="tile-held">{counts.held}</b> {words.held}
          </span>
        </span>
        <span class="tile-foot">
          {isFast ? <span class="tile-rush">{words.fast(pace)}</span> : <span>{showtime.attributes.join(" · ")}</span>}
          {starts > 0 && starts < SOON_MS && (
            <span class="tabular">{words.startsIn(formats.duration(Math.ceil(starts / 60_000)))}</span>
          )}
          {starts <= 0 && <span>{isOver ? words.over : words.running}</span>}
        </span>
      </ScreenLink>
    </li>
  );
}

/** The browser's time, to the half minute: for what begins soon and what is over. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
