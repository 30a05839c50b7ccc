import { useMemo } from "preact/hooks";
import type { Film } from "../../../server/protocol/resources.ts";
import { Poster } from "../../../ui/parts/Poster.tsx";
import { useDesk } from "../desk.ts";
import { AreaField, SelectField, TagsField, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { FieldValue, Form } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { FILM_STATUSES, type FilmValues, filmSpec } from "./filmForm.ts";
import type { GenreNames } from "./genres.ts";
import { filmWords } from "./words.ts";

interface FilmEditorProps {
  films: Resource<Film>;
  genres: GenreNames;
  id: string;
}

const LIST = { screen: "films" } as const;
/** Codes of the languages that films here are in; any other can be typed. */
const LANGUAGES = ["es", "en", "fr", "it", "de", "pt", "ja", "ko", "ca", "eu", "gl"];
const CERTIFICATES = ["TP", "7", "12", "16", "18"];

/** One film, its poster beside it as it will look. */
export function FilmEditor({ films, genres, id }: FilmEditorProps) {
  const spec = useMemo(() => filmSpec(films), [films]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <FilmForm form={form} films={films} genres={genres} />}
    </Opening>
  );
}

interface FilmFormProps {
  form: Form<Film, FilmValues>;
  films: Resource<Film>;
  genres: GenreNames;
}

function FilmForm({ form, films, genres }: FilmFormProps) {
  const { route } = useDesk();
  const words = useWordsOf(filmWords);
  const acts = useManagedActs(films);
  const film = form.base.value;
  const values = form.values.value;
  const shown = (field: string, value: FieldValue) => {
    if (field === "genreIds") return (value as readonly string[]).map(genres.nameOf).join(", ") || undefined;
    return field === "status" ? words.status[value as Film["status"]] : undefined;
  };
  return (
    <section class="section film" data-testid="section-film">
      <SectionHead
        title={film?.title ?? words.newFilm}
        back={LIST}
        text={film?.showtimes?.length ? words.scheduled(film.showtimes.length) : undefined}
      />
      <div class="film-edit">
        <ResourceForm
          form={form}
          labels={words.fields}
          faultTexts={words.faults}
          shown={shown}
          onSaved={() => {
            acts.saySaved(form);
            route.go(LIST);
          }}
          onCancel={() => route.go(LIST)}
          acts={film && <RemoveFilm form={form} film={film} films={films} />}
        >
          <FilmFields genres={genres} isNew={film === null} />
        </ResourceForm>
        <aside class="film-poster" aria-label={words.poster}>
          <Poster
            title={values.title.trim() || words.newFilm}
            genre={genres.nameOf(values.genreIds[0] ?? "")}
            year={values.releaseDate.slice(0, 4) || undefined}
            director={values.director.trim() || undefined}
            posterUrl={values.posterUrl.trim() || undefined}
          />
          <p class="soft">{words.poster}</p>
        </aside>
      </div>
    </section>
  );
}

function FilmFields({ genres, isNew }: { genres: GenreNames; isNew: boolean }) {
  const words = useWordsOf(filmWords);
  return (
    <>
      <TextField name="title" isRequired hasFocus={isNew} maxLength={300} />
      <TextField name="originalTitle" maxLength={300} />
      <div class="pair">
        <TextField
          name="durationMinutes"
          type="number"
          isRequired
          maxLength={4}
          help={isNew ? undefined : words.durationHelp}
        />
        <SelectField
          name="status"
          isRequired
          help={words.draftHelp}
          options={FILM_STATUSES.map((value) => ({ value, label: words.status[value] }))}
        />
      </div>
      <TagsField
        name="genreIds"
        help={genres.all?.length === 0 ? words.noGenres : undefined}
        options={(genres.all ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <div class="pair">
        <TextField name="certificate" maxLength={30} isShort proposals={CERTIFICATES} />
        <TextField name="language" maxLength={35} isShort proposals={LANGUAGES} />
        <TextField name="releaseDate" type="date" isShort />
      </div>
      <TextField name="director" maxLength={300} />
      <AreaField name="synopsis" rows={5} />
      <TextField name="posterUrl" type="url" maxLength={2000} help={words.posterHelp} placeholder="https://" />
    </>
  );
}

function RemoveFilm({ form, film, films }: { form: Form<Film, FilmValues>; film: Film; films: Resource<Film> }) {
  const { route } = useDesk();
  const words = useWordsOf(filmWords);
  const managing = useManagingWords();
  const acts = useManagedActs(films);
  async function remove(): Promise<void> {
    const question = { title: words.removeTitle(film.title), consequences: words.removeText, danger: true };
    if (!(await acts.remove(film, film.title, { question: { ...question, action: managing.remove } }))) return;
    form.restart(form.base.peek());
    route.go(LIST);
  }
  return (
    <button type="button" class="button danger" data-testid="remove" onClick={() => void remove()}>
      {managing.remove}
    </button>
  );
}
