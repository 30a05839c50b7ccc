import { useEffect, useRef, useState } from "preact/hooks";
import type { Film } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { FieldFrame } from "../parts/fields.tsx";
import { useFocus } from "../parts/focus.ts";
import { useFormAround } from "../parts/ResourceForm.tsx";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { scheduleWords } from "./words.ts";

const TYPING_MS = 150;
/** As many as one reads at a glance. */
const MOST = 8;

/** A film found by the beginnings of its words: type, arrows, Enter. Archived films are not proposed. */
export function FilmField({ films, hasFocus }: { films: Resource<Film>; hasFocus: boolean }) {
  const { form } = useFormAround();
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const [found, setFound] = useState<readonly Film[] | null>(null);
  const [at, setAt] = useState(0);
  const input = useFocus<HTMLInputElement>(hasFocus);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef("");
  const isOpen = found !== null;
  const { filmTitle, filmId } = form.values.value as { filmTitle: string; filmId: string };
  useEffect(() => () => clearTimeout(timer.current), []);

  async function find(q: string): Promise<void> {
    asked.current = q;
    const answer = await films.page({ q, limit: MOST * 3 });
    if (asked.current !== q) return;
    const shown = answer.ok ? answer.body.items.filter(({ status }) => status !== "archived") : [];
    // What is shown comes before drafts, each by title.
    shown.sort((one, other) => Number(other.status === "showing") - Number(one.status === "showing"));
    setFound(shown.slice(0, MOST));
    setAt(0);
  }

  function type(text: string): void {
    form.set({ filmTitle: text, filmId: "" });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void find(text.trim()), TYPING_MS);
  }

  function choose(film: Film | undefined): void {
    if (film === undefined) return;
    asked.current = "";
    clearTimeout(timer.current);
    form.set({ filmId: film.id, filmTitle: film.title });
    setFound(null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" && !isOpen) void find(filmId === "" ? filmTitle.trim() : "");
    else if (!isOpen) return;
    else if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter") choose(found[at]);
    else if (event.key === "Escape") setFound(null);
    else return;
    event.preventDefault();
  }

  return (
    <FieldFrame name="filmTitle" isRequired help={words.filmHelp}>
      {(ties) => (
        <div class="combo">
          <input
            {...ties}
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={`${ties.id}-list`}
            aria-activedescendant={isOpen && found.length > 0 ? `${ties.id}-${at}` : undefined}
            aria-autocomplete="list"
            autocomplete="off"
            ref={input}
            value={filmTitle}
            onInput={(event) => type(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onBlur={() => setFound(null)}
          />
          <div
            id={`${ties.id}-list`}
            role="listbox"
            class="combo-list"
            aria-label={words.fields.filmId}
            hidden={!isOpen}
            data-testid="film-list"
          >
            {found?.map((film, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active one
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
              <div
                key={film.id}
                id={`${ties.id}-${index}`}
                role="option"
                aria-selected={index === at}
                class="combo-option"
                // Before the input loses the focus.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(film)}
              >
                {film.title} <span class="soft tabular">{formats.duration(film.durationMinutes)}</span>
              </div>
            ))}
            {found?.length === 0 && <p class="soft combo-option">{words.noFilm}</p>}
          </div>
          <p class="hidden" role="status">
            {isOpen && words.films(found.length)}
          </p>
        </div>
      )}
    </FieldFrame>
  );
}
