import { useEffect } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { DisplayMenu } from "../../../ui/parts/DisplayMenu.tsx";
import { LinkBanner } from "../../../ui/parts/LinkBanner.tsx";
import { LANGUAGE_NAMES, LANGUAGES } from "../../../ui/words/language.ts";
import { useShop, useWords } from "../parts/context.ts";
import { FilmPoster } from "../parts/FilmPoster.tsx";
import { Mark } from "../parts/Frame.tsx";
import { freeText, useCounts } from "../parts/Fullness.tsx";
import type { FilmOfDay } from "../state/catalogue.ts";
import { SHOP_WORDS } from "../words/words.ts";

/** How many posters stand on the wall: three columns that fill a portrait screen. */
const WALL_POSTERS = 9;
const NEXT_SHOWTIMES = 3;

/** Sells today's films to those who pass by; one touch chooses the language and begins. */
export function Attract() {
  const shop = useShop();
  const words = useWords();
  const programme = shop.catalogue.programme.value;
  const cinemaName = shop.config.value?.cinemaName ?? "";
  const films = programme.status === "ready" ? programme.films : [];
  useEffect(() => {
    document.title = cinemaName;
  }, [cinemaName]);
  const wall =
    films.length === 0 ? [] : Array.from({ length: WALL_POSTERS }, (_, place) => films[place % films.length]);
  return (
    <main class="attract" data-testid="screen-attract">
      <LinkBanner status={shop.link.status} />
      <div class="attract-wall" aria-hidden="true">
        {wall.map((entry, place) => entry && <FilmPoster key={place} film={entry.film} />)}
      </div>
      <div class="attract-front">
        <p class="brand">
          <Mark />
          <span>{cinemaName}</span>
        </p>
        <div class="attract-words">
          <p class="kicker">{words.attractKicker}</p>
          <h1>{words.attractTitle}</h1>
        </div>
        <NextShowtimes films={films} />
        <div class="attract-start">
          {LANGUAGES.map((language) => (
            <button
              key={language}
              type="button"
              class="button primary start"
              lang={language}
              disabled={!shop.able.value}
              data-testid={`start-${language}`}
              onClick={() => shop.begin(language)}
            >
              <span>{SHOP_WORDS[language].attractStart}</span>
              <small>{LANGUAGE_NAMES[language]}</small>
            </button>
          ))}
        </div>
        <DisplayMenu />
      </div>
    </main>
  );
}

function NextShowtimes({ films }: { films: readonly FilmOfDay[] }) {
  const words = useWords();
  const next = films
    .flatMap(({ film, showtimes }) => showtimes.map((showtime) => ({ film, showtime })))
    .sort((a, b) => a.showtime.startsAt.localeCompare(b.showtime.startsAt))
    .slice(0, NEXT_SHOWTIMES);
  if (next.length === 0) return null;
  return (
    <section class="attract-next">
      <h2>{words.attractNext}</h2>
      <ul>
        {next.map((entry) => (
          <NextShowtime key={entry.showtime.id} {...entry} />
        ))}
      </ul>
    </section>
  );
}

function NextShowtime({ film, showtime }: { film: FilmOfDay["film"]; showtime: FilmOfDay["showtimes"][number] }) {
  const words = useWords();
  const formats = useLook().formats.value;
  const counts = useCounts(showtime);
  return (
    <li>
      <span class="attract-time tabular">{formats.time(showtime.startsAt)}</span>
      <span class="attract-film">{film.title}</span>
      <span class="soft tabular">{freeText(counts, words)}</span>
    </li>
  );
}
