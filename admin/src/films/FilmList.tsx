import { useEffect, useMemo, useState } from "preact/hooks";
import type { Film } from "../../../server/protocol/resources.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createOccupancy, type Occupancy } from "../../../ui/live/occupancy.ts";
import { useLook } from "../../../ui/look.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { FilterSelect } from "../parts/FilterSelect.tsx";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import { useResourceList } from "../state/list.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { FILM_STATUSES } from "./filmForm.ts";
import type { GenreNames } from "./genres.ts";
import { filmWords } from "./words.ts";

interface FilmListProps {
  films: Resource<Film>;
  genres: GenreNames;
  link: Link;
}

/** All films, with what of them is to come; free seats move as they sell. */
export function FilmList({ films, genres, link }: FilmListProps) {
  const words = useWordsOf(filmWords);
  const list = useResourceList(films, "films", { fixed: { include: "showtimes" } });
  const occupancy = useOccupancy(link);
  const columns = useColumns(genres, occupancy);
  const filters = (
    <>
      <FilterSelect
        {...{ list, by: "genre", label: words.genreFilter, any: words.anyGenre }}
        options={genres.all?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
      <FilterSelect
        {...{ list, by: "status", label: words.statusFilter, any: words.anyStatus }}
        options={FILM_STATUSES.map((one) => ({ value: one, label: words.status[one] }))}
      />
    </>
  );
  return (
    <section class="section fills" data-testid="section-films">
      <SectionHead title={words.title}>
        <ExportButton />
        <ScreenLink to={{ screen: "films", id: "import" }} class="button" testId="import">
          {words.importFilms}
        </ScreenLink>
        <AddLink to={{ screen: "films", id: "new" }} label={words.addFilm} />
      </SectionHead>
      <ResourceTable
        list={list}
        label={words.title}
        columns={columns}
        to={({ id }) => ({ screen: "films", id })}
        filters={filters}
        rowClass={(film) => (film.status === "showing" ? undefined : "muted")}
        empty={<p>{words.empty}</p>}
      />
    </section>
  );
}

function useColumns(genres: GenreNames, occupancy: Occupancy | null): Column<Film>[] {
  const words = useWordsOf(filmWords);
  const formats = useLook().formats.value;
  const freeOf = (film: Film) =>
    (film.showtimes ?? []).reduce(
      (sum, { id, counts }) => sum + (occupancy?.of(id).value?.available ?? counts.available),
      0,
    );
  const genreText = (film: Film) => film.genreIds.map(genres.nameOf).filter(Boolean).join(", ");
  return useMemo(
    () => [
      { key: "film", label: words.columns.film, cell: (film) => film.title, sort: (film) => film.title },
      { key: "genres", label: words.columns.genres, cell: genreText, sort: genreText, isExtra: true },
      {
        ...{ key: "duration", label: words.columns.duration, isNumber: true },
        cell: (film) => formats.duration(film.durationMinutes),
        sort: (film) => film.durationMinutes,
      },
      { key: "certificate", label: words.columns.certificate, cell: (film) => film.certificate, isExtra: true },
      {
        ...{ key: "release", label: words.columns.release, isNumber: true, isExtra: true },
        cell: (film) => film.releaseDate?.slice(0, 4),
        sort: (film) => film.releaseDate ?? "",
      },
      {
        ...{ key: "next", label: words.columns.next },
        cell: ({ showtimes: [next] = [] }) =>
          next && (
            <span class="nowrap">
              {formats.shortDay(next.startsAt)} · <b>{formats.time(next.startsAt)}</b>
            </span>
          ),
        sort: ({ showtimes: [next] = [] }) => next?.startsAt ?? "~",
      },
      {
        ...{ key: "showtimes", label: words.columns.showtimes, isNumber: true },
        cell: (film) => film.showtimes?.length || "",
        sort: (film) => film.showtimes?.length ?? 0,
      },
      {
        ...{ key: "free", label: words.columns.free, isNumber: true },
        cell: (film) => (film.showtimes?.length ? <FreeSeats film={film} freeOf={freeOf} /> : ""),
        sort: freeOf,
      },
      {
        ...{ key: "status", label: words.columns.status },
        cell: ({ status }) => (
          <span class={status === "showing" ? "badge good" : "badge quiet"}>{words.status[status]}</span>
        ),
        sort: ({ status }) => FILM_STATUSES.indexOf(status),
      },
    ],
    [words, formats, genres.all, occupancy],
  );
}

/** On its own, so that a sold seat draws one cell again and not the table. */
function FreeSeats({ film, freeOf }: { film: Film; freeOf(film: Film): number }) {
  const formats = useLook().formats.value;
  return <span data-testid="film-free">{formats.number(freeOf(film))}</span>;
}

function useOccupancy(link: Link): Occupancy | null {
  const [occupancy, setOccupancy] = useState<Occupancy | null>(null);
  useEffect(() => {
    const made = createOccupancy(link);
    made.watch({ from: new Date().toISOString() });
    setOccupancy(made);
    return () => made.close();
  }, [link]);
  return occupancy;
}

function ExportButton() {
  const { api } = useDesk();
  const notices = useNotices();
  const words = useWordsOf(filmWords);
  async function save(): Promise<void> {
    const file = await api.file("/films/export", "text/csv");
    if (!file.ok) return notices.say(words.exportFailed, "bad");
    const url = URL.createObjectURL(file.blob);
    const anchor = Object.assign(document.createElement("a"), { href: url, download: "films.csv" });
    anchor.click();
    // The download has begun by then, whatever the browser asks first.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
  return (
    <button type="button" class="button quiet" data-testid="export" onClick={() => void save()}>
      {words.exportFilms}
    </button>
  );
}
