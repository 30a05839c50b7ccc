import type { Genre } from "../../../server/protocol/resources.ts";
import { CloseIcon } from "../../../ui/parts/icons.tsx";
import { AddName, InlineName } from "../parts/InlineName.tsx";
import { useManagedActs, useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import { useResourceList } from "../state/list.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { filmWords } from "./words.ts";

/** Genres, edited where they stand. */
export default function GenresSection() {
  const words = useWordsOf(filmWords);
  const managing = useManagingWords();
  const genres = useResource<Genre>("/genres");
  const list = useResourceList(genres, "genres", { limit: 200 });
  const acts = useManagedActs(genres);

  async function add(name: string) {
    const made = await genres.create({ name });
    if (!made.ok) return made;
    list.put(made.body);
    return null;
  }
  async function rename(genre: Genre, name: string) {
    const changed = await genres.change(genre.id, { name }, genre.version);
    if (changed.ok) list.put(changed.body);
    // Shown as it is now; who wants to rename it still, sees what it was renamed to.
    else if (changed.code === "version_conflict") await list.reload();
    return changed.ok ? null : changed;
  }
  async function remove(genre: Genre) {
    const options = { again: { name: genre.name }, onRestored: list.put };
    if (await acts.remove(genre, genre.name, options)) list.drop(genre.id);
  }

  const columns: Column<Genre>[] = [
    {
      ...{ key: "name", label: words.genreName },
      cell: (genre) => <InlineName value={genre.name} label={words.genreName} onSave={(name) => rename(genre, name)} />,
    },
    {
      ...{ key: "remove", label: managing.remove, isNumber: true },
      cell: (genre) => (
        <button
          type="button"
          class="icon-button"
          aria-label={`${managing.remove}: ${genre.name}`}
          data-testid="remove"
          onClick={() => void remove(genre)}
        >
          <CloseIcon />
        </button>
      ),
    },
  ];
  return (
    <section class="section fills narrow" data-testid="section-genres">
      <SectionHead title={words.genres} text={words.genresText} />
      <ResourceTable
        list={list}
        label={words.genres}
        columns={columns}
        textOf={({ name }) => name}
        filters={<AddName label={words.newGenre} onAdd={add} />}
        empty={<p>{words.genresEmpty}</p>}
      />
    </section>
  );
}
