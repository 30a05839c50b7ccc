import type { Film } from "../../../server/protocol/resources.ts";
import { Poster } from "../../../ui/parts/Poster.tsx";
import { useShop } from "./context.ts";

export function FilmPoster({ film }: { film: Film }) {
  const { catalogue } = useShop();
  return (
    <Poster
      title={film.title}
      genre={catalogue.genreOf(film)}
      year={film.releaseDate?.slice(0, 4)}
      director={film.director}
      posterUrl={film.posterUrl}
    />
  );
}
