import { TEXT_SIZES, THEMES, useLook } from "../look.ts";
import { LANGUAGE_NAMES, LANGUAGES } from "../words/language.ts";
import { GlobeIcon, TextIcon, ThemeIcon } from "./icons.tsx";

/** Language, contrast and size of text: always in the same corner, one touch each. */
export function DisplayMenu() {
  const look = useLook();
  const words = look.words.value;
  const language = after(LANGUAGES, look.language.value);
  const theme = after(THEMES, look.theme.value);
  const text = after(TEXT_SIZES, look.text.value);
  return (
    <section class="display-menu" aria-label={words.display}>
      <button
        type="button"
        class="corner-button"
        lang={language}
        aria-label={LANGUAGE_NAMES[language]}
        data-testid="switch-language"
        onClick={() => {
          look.language.value = language;
        }}
      >
        <GlobeIcon />
        <span>{LANGUAGE_NAMES[language]}</span>
      </button>
      <button
        type="button"
        class="corner-button"
        aria-label={`${words.theme}: ${words.themes[theme]}`}
        data-testid="switch-theme"
        onClick={() => {
          look.theme.value = theme;
        }}
      >
        <ThemeIcon />
      </button>
      <button
        type="button"
        class="corner-button"
        aria-label={`${words.textSize}: ${words.textSizes[text]}`}
        data-testid="switch-text"
        onClick={() => {
          look.text.value = text;
        }}
      >
        <TextIcon />
      </button>
    </section>
  );
}

/** The next of a round. */
function after<T>(values: readonly T[], value: T): T {
  const next = values[(values.indexOf(value) + 1) % values.length];
  return next ?? value;
}
