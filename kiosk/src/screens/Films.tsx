import type { Showtime } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { useShop, useWords } from "../parts/context.ts";
import { FilmPoster } from "../parts/FilmPoster.tsx";
import { Frame, Mark } from "../parts/Frame.tsx";
import { FullnessBar, freeText, useCounts } from "../parts/Fullness.tsx";
import { byTaste, type FilmOfDay } from "../state/catalogue.ts";

/** What is on: posters with the day's showtimes and their free seats, moving live. */
export function Films() {
  const words = useWords();
  return (
    <Frame name="films" title={words.filmsTitle}>
      <DaySwitch />
      <ProgrammeOfDay />
    </Frame>
  );
}

function DaySwitch() {
  const { catalogue } = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  return (
    <fieldset class="days">
      <legend class="hidden">{words.day}</legend>
      {catalogue.days.value.map((day, index) => {
        const { weekday, number, month } = formats.dayParts(day);
        return (
          <label key={day} class="day">
            <input
              type="radio"
              name="day"
              checked={day === catalogue.day.value}
              onChange={() => catalogue.choose(day)}
            />
            <span class="day-word">{index === 0 ? words.today : index === 1 ? words.tomorrow : weekday}</span>
            <span class="day-date tabular">
              {number} {month}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function ProgrammeOfDay() {
  const { catalogue } = useShop();
  const words = useWords();
  const ui = useLook().words.value;
  const programme = catalogue.programme.value;
  switch (programme.status) {
    case "loading":
      return <p class="waiting">{ui.loading}</p>;
    case "failed":
      return (
        <div class="empty">
          <Mark />
          <p>{words.loadFailed}</p>
          <button type="button" class="button" onClick={() => void catalogue.refresh()}>
            {ui.retry}
          </button>
        </div>
      );
    case "ready":
      if (programme.films.length === 0)
        return (
          <div class="empty">
            <Mark />
            <p class="empty-title">{words.noShowtimes}</p>
            <p class="soft">{words.noShowtimesHint}</p>
          </div>
        );
      return <FilmsOfDay films={programme.films} />;
    default:
      return programme satisfies never;
  }
}

/** What one likes stands first, under its own heading. */
function FilmsOfDay({ films }: { films: readonly FilmOfDay[] }) {
  const { customer } = useShop();
  const words = useWords();
  const { liked, others } = byTaste(films, customer?.user.value?.preferences.genreIds ?? []);
  if (liked.length === 0) return <FilmGrid films={others} />;
  return (
    <>
      <FilmGrid films={liked} title={words.forYou} />
      {others.length > 0 && <FilmGrid films={others} title={words.otherFilmsOn} />}
    </>
  );
}

function FilmGrid({ films, title }: { films: readonly FilmOfDay[]; title?: string }) {
  return (
    <section class="films-part" aria-label={title} data-testid={title && "films-part"}>
      {title && <h2>{title}</h2>}
      <ul class="films">
        {films.map((entry) => (
          <FilmCard key={entry.film.id} entry={entry} level={title ? 3 : 2} />
        ))}
      </ul>
    </section>
  );
}

function FilmCard({ entry: { film, showtimes }, level }: { entry: FilmOfDay; level: 2 | 3 }) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const Title = `h${level}` as const;
  const facts = [shop.catalogue.genreOf(film), formats.duration(film.durationMinutes), film.certificate];
  return (
    <li class="film" data-testid="film">
      <button
        type="button"
        class="film-poster"
        data-testid="film-more"
        onClick={() => shop.go({ to: "film", filmId: film.id })}
      >
        <span class="hidden">{words.moreAbout(film.title)}</span>
        <FilmPoster film={film} />
      </button>
      <div class="film-text">
        <Title class="film-title">{film.title}</Title>
        <p class="soft">{facts.filter(Boolean).join(" · ")}</p>
        <ul class="chips">
          {showtimes.map((showtime) => (
            <li key={showtime.id}>
              <ShowtimeChip showtime={showtime} />
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}

function ShowtimeChip({ showtime }: { showtime: Showtime }) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const counts = useCounts(showtime);
  return (
    <button
      type="button"
      class="chip"
      disabled={!shop.able.value || counts.available === 0}
      data-testid="showtime"
      data-showtime={showtime.id}
      onClick={() => shop.go({ to: "seats", showtimeId: showtime.id })}
    >
      <span class="chip-time tabular">{formats.time(showtime.startsAt)}</span>
      <span class="hidden">, {showtime.auditorium.name}, </span>
      {showtime.attributes[0] && <span class="chip-tag">{showtime.attributes.join(" ")}</span>}
      <FullnessBar counts={counts} />
      <span class="hidden">, </span>
      <span class="chip-free tabular">{freeText(counts, words)}</span>
    </button>
  );
}
