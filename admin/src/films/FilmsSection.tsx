import type { Film } from "../../../server/protocol/resources.ts";
import "../styles/films.css";
import { useResource } from "../parts/managed.ts";
import type { SectionProps } from "../sections.ts";
import { FilmEditor } from "./FilmEditor.tsx";
import { FilmImport } from "./FilmImport.tsx";
import { FilmList } from "./FilmList.tsx";
import { useGenres } from "./genres.ts";

/** The film inventory: list, one film, and files of films. */
export default function FilmsSection({ link, id }: SectionProps) {
  const films = useResource<Film>("/films");
  const genres = useGenres();
  if (id === undefined) return <FilmList films={films} genres={genres} link={link} />;
  if (id === "import") return <FilmImport />;
  return <FilmEditor key={id} films={films} genres={genres} id={id} />;
}
