import { useEffect, useState } from "preact/hooks";
import type { Genre } from "../../../server/protocol/resources.ts";
import { useResource } from "../parts/managed.ts";

/** All genres by name; null until they are read. A house has dozens. */
export interface GenreNames {
  all: readonly Genre[] | null;
  nameOf(id: string): string;
}

export function useGenres(): GenreNames {
  const resource = useResource<Genre>("/genres");
  const [all, setAll] = useState<readonly Genre[] | null>(null);
  useEffect(() => {
    void resource.all().then((answer) => setAll(answer.ok ? answer.items : []));
  }, [resource]);
  return { all, nameOf: (id) => all?.find((genre) => genre.id === id)?.name ?? "" };
}
