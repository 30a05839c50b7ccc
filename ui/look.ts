/**
 * How the page looks to this visitor: language, theme and size of text.
 *
 * Promises: what is chosen stands on <html> at once. A memory is optional: kiosks have none, so that
 * nothing of one guest is left for the next.
 * Must never import the connection.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en } from "./words/en.ts";
import { es, type UiWords } from "./words/es.ts";
import { createFormats, type Formats } from "./words/formats.ts";
import { LANGUAGES, type Language, preferredLanguage } from "./words/language.ts";

export const THEMES = ["dark", "light", "contrast"] as const;
export type Theme = (typeof THEMES)[number];
export const TEXT_SIZES = ["normal", "large", "huge"] as const;
export type TextSize = (typeof TEXT_SIZES)[number];
export type Surface = "shop" | "kiosk" | "admin";

/** Where a browser keeps its choices; `sessionStorage` and `localStorage` fit. */
export type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Place {
  timeZone: string;
  currency: string;
}

export interface Look {
  surface: Surface;
  language: Signal<Language>;
  theme: Signal<Theme>;
  text: Signal<TextSize>;
  /** The cinema's zone and currency, known once its configuration is read. */
  place: Signal<Place>;
  words: ReadonlySignal<UiWords>;
  formats: ReadonlySignal<Formats>;
  /** Back to how the page began: for the next guest. */
  reset(): void;
}

interface LookDeps {
  surface: Surface;
  theme?: Theme;
  memory?: Memory;
}

/** One entry per surface: the console is light where the shop beside it is dark. */
const memoryKey = (surface: Surface) => `butaca.look.${surface}`;
const DICTIONARIES: Record<Language, UiWords> = { es, en };

export function createLook(deps: LookDeps): Look {
  const first = { ...beginning(deps), ...remembered(deps) };
  const language = signal(first.language);
  const theme = signal(first.theme);
  const text = signal(first.text);
  const place = signal<Place>({ timeZone: "UTC", currency: "EUR" });
  effect(() => {
    const root = document.documentElement;
    root.lang = language.value;
    root.dataset.theme = theme.value;
    root.dataset.text = text.value;
    root.dataset.surface = deps.surface;
    const kept = { language: language.value, theme: theme.value, text: text.value };
    deps.memory?.setItem(memoryKey(deps.surface), JSON.stringify(kept));
  });
  return {
    surface: deps.surface,
    language,
    theme,
    text,
    place,
    words: computed(() => DICTIONARIES[language.value]),
    formats: computed(() => createFormats(language.value, place.value.timeZone, place.value.currency)),
    reset() {
      const start = beginning(deps);
      language.value = start.language;
      theme.value = start.theme;
      text.value = start.text;
    },
  };
}

interface Choices {
  language: Language;
  theme: Theme;
  text: TextSize;
}

function beginning(deps: LookDeps): Choices {
  const moreContrast = matchMedia("(prefers-contrast: more)").matches;
  return {
    language: preferredLanguage(navigator.languages),
    theme: moreContrast ? "contrast" : (deps.theme ?? "dark"),
    text: "normal",
  };
}

function remembered({ memory, surface }: LookDeps): Partial<Choices> {
  try {
    const kept: Partial<Record<keyof Choices, unknown>> = JSON.parse(memory?.getItem(memoryKey(surface)) ?? "{}");
    return {
      ...oneOf("language", LANGUAGES, kept.language),
      ...oneOf("theme", THEMES, kept.theme),
      ...oneOf("text", TEXT_SIZES, kept.text),
    };
  } catch {
    return {};
  }
}

function oneOf<K extends string, V extends string>(
  key: K,
  values: readonly V[],
  value: unknown,
): Partial<Record<K, V>> {
  const known = values.find((candidate) => candidate === value);
  return known ? ({ [key]: known } as Partial<Record<K, V>>) : {};
}

export const LookContext = createContext<Look | null>(null);

/** The look of the page around a component. Throws outside of `LookContext`. */
export function useLook(): Look {
  const look = useContext(LookContext);
  if (!look) throw new Error("no LookContext around this component");
  return look;
}
