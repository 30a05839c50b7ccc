import { useEffect, useState } from "preact/hooks";
import type { Genre, Page, User } from "../../../../server/protocol/resources.ts";
import { useLook } from "../../../../ui/look.ts";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { LANGUAGE_NAMES, LANGUAGES, type Language, spokenLanguage } from "../../../../ui/words/language.ts";
import { useShop } from "../../parts/context.ts";
import { Form } from "../parts/Form.tsx";
import { useChange } from "../state/changes.ts";
import { ACCOUNT_WORDS, useAccountWords } from "../words/words.ts";

const SEATINGS = ["middle", "back", "aisle"] as const;
type Seating = (typeof SEATINGS)[number] | "none";

/** What one likes: it orders the programme, and speaks one's language everywhere. */
export function Tastes({ user }: { user: User }) {
  const words = useAccountWords();
  const notices = useNotices();
  const look = useLook();
  const change = useChange(user);
  const { preferences } = user;
  const [genreIds, setGenreIds] = useState<ReadonlySet<string>>(() => new Set(preferences.genreIds));
  const [language, setLanguage] = useState(() => spokenLanguage(preferences.language) ?? "es");
  const [seating, setSeating] = useState<Seating>(() => SEATINGS.find((one) => one === preferences.seating) ?? "none");

  async function save() {
    // The country of one's language stays where the language does.
    const tag = spokenLanguage(preferences.language) === language ? preferences.language : language;
    const liked = { genreIds: [...genreIds], language: tag, seating: seating === "none" ? null : seating };
    const saved = await change({ preferences: liked });
    if (!saved.ok) return saved;
    look.language.value = language;
    notices.say(ACCOUNT_WORDS[language].saved, "good");
    return saved;
  }

  return (
    <Form testId="tastes" submit={words.save} onSubmit={save}>
      <p class="soft">{words.tastesText}</p>
      <GenreChoice chosen={genreIds} onChange={setGenreIds} />
      <Choice<Language>
        name="language"
        legend={words.language}
        options={LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]])}
        chosen={language}
        onChange={setLanguage}
      />
      <Choice<Seating>
        name="seating"
        legend={words.seating}
        help={words.seatingHelp}
        options={(["none", ...SEATINGS] as const).map((one) => [one, words.seatings[one]])}
        chosen={seating}
        onChange={setSeating}
      />
    </Form>
  );
}

interface GenreChoiceProps {
  chosen: ReadonlySet<string>;
  onChange(chosen: ReadonlySet<string>): void;
}

function GenreChoice({ chosen, onChange }: GenreChoiceProps) {
  const { api } = useShop();
  const words = useAccountWords();
  const [genres, setGenres] = useState<readonly Genre[]>([]);
  useEffect(() => {
    void api.get<Page<Genre>>("/genres", { limit: 200 }).then((found) => {
      if (found.ok) setGenres(found.body.items);
    });
  }, [api]);
  return (
    <fieldset class="choice">
      <legend>{words.genres}</legend>
      <div class="options fit">
        {genres.map(({ id, name }) => (
          <label key={id} class="option">
            <input
              type="checkbox"
              checked={chosen.has(id)}
              onChange={({ currentTarget: { checked } }) => {
                const rest = [...chosen].filter((one) => one !== id);
                onChange(new Set(checked ? [...rest, id] : rest));
              }}
            />
            <span class="option-name">{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  legend: string;
  help?: string;
  options: readonly (readonly [T, string])[];
  chosen: T;
  onChange(chosen: T): void;
}

function Choice<T extends string>({ name, legend, help, options, chosen, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="options fit">
        {options.map(([value, text]) => (
          <label key={value} class="option">
            <input type="radio" name={name} value={value} checked={value === chosen} onChange={() => onChange(value)} />
            <span class="option-name">{text}</span>
          </label>
        ))}
      </div>
      {help && <p class="soft">{help}</p>}
    </fieldset>
  );
}
