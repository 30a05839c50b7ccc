import type { Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { NextIcon } from "../../../ui/parts/icons.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { FilmPoster } from "../parts/FilmPoster.tsx";
import { Frame } from "../parts/Frame.tsx";
import { FullnessBar, freeText, useCounts } from "../parts/Fullness.tsx";

/** One film and its showtimes of the chosen day, large. */
export function FilmDetail() {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const screen = shop.screen.value;
  const film = screen.at === "film" ? shop.catalogue.film(screen.filmId) : null;
  const programme = shop.catalogue.programme.value;
  if (!film) return null;
  const films = programme.status === "ready" ? programme.films : [];
  const showtimes = films.find((entry) => entry.film.id === film.id)?.showtimes ?? [];
  const facts = [shop.catalogue.genreOf(film), formats.duration(film.durationMinutes), film.certificate];
  return (
    <Frame name="film" title={film.title} back intro={<p class="soft">{facts.filter(Boolean).join(" · ")}</p>}>
      <div class="detail">
        <div class="detail-poster">
          <FilmPoster film={film} />
        </div>
        <div class="detail-text">
          {film.director && <p>{words.directedBy(film.director)}</p>}
          {film.synopsis && <p class="synopsis">{film.synopsis}</p>}
        </div>
        <section class="detail-showtimes">
          <h2>{words.chooseShowtime}</h2>
          {showtimes.length === 0 && <p class="soft">{words.noShowtimes}</p>}
          <ul class="showtimes">
            {showtimes.map((showtime) => (
              <li key={showtime.id}>
                <ShowtimeRow showtime={showtime} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Frame>
  );
}

function ShowtimeRow({ showtime }: { showtime: Showtime }) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const counts = useCounts(showtime);
  const cheapest = Math.min(...showtime.prices.map((price) => price.amount));
  return (
    <button
      type="button"
      class="showtime"
      disabled={!shop.able.value || counts.available === 0}
      data-testid="showtime"
      data-showtime={showtime.id}
      onClick={() => shop.go({ to: "seats", showtimeId: showtime.id })}
    >
      <span class="showtime-time tabular">{formats.time(showtime.startsAt)}</span>
      <span class="showtime-room">
        {[showtime.auditorium.name, ...showtime.attributes].join(" · ")}
        <span class="soft">
          {formats.shortDay(showtime.startsAt)}
          {showtime.prices.length > 0 && `, ${words.from} ${formats.money(cheapest)}`}
        </span>
      </span>
      <span class="showtime-free">
        <FullnessBar counts={counts} />
        <span class="tabular">{freeText(counts, words)}</span>
      </span>
      <NextIcon />
    </button>
  );
}
