import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { DisplayMenu } from "../../../ui/parts/DisplayMenu.tsx";
import { DeleteIcon } from "../../../ui/parts/icons.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { Mark } from "../parts/Frame.tsx";
import type { ShopWords } from "../words/es.ts";
import { CODE_LENGTH, cleaned, grouped } from "./enrolCode.ts";

/** The letters and digits that codes are made of: none that looks like another. */
const KEYS = "3479ACDEFGHJKMNPQRTWXY";

type Trouble = "enrolWrong" | "enrolSlow" | "newsUnreachable";

/** Ties this kiosk to the cinema with a one-time code, on a screen without a keyboard. */
export function Enrol() {
  const shop = useShop();
  const words = useWords();
  const code = useSignal("");
  const trouble = useSignal<Trouble | null>(null);
  const busy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);

  async function connect(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    const enrolled = await shop.enrol(code.value);
    busy.value = false;
    if (enrolled.ok) return;
    code.value = "";
    trouble.value =
      enrolled.code === "rate_limited"
        ? "enrolSlow"
        : enrolled.code === "unavailable"
          ? "newsUnreachable"
          : "enrolWrong";
  }

  const type = (text: string) => {
    code.value = cleaned(text);
    trouble.value = null;
  };
  return (
    <main class="enrol" data-testid="screen-enrol">
      <Mark />
      <h1>{words.enrolTitle}</h1>
      <p class="soft">{words.enrolText}</p>
      <form onSubmit={(event) => void connect(event)}>
        <label class="field">
          <span>{words.enrolLabel}</span>
          <input
            ref={field}
            class="code tabular"
            value={grouped(code.value)}
            autocomplete="off"
            spellcheck={false}
            data-testid="enrol-code"
            aria-invalid={trouble.value !== null}
            aria-describedby="enrol-trouble"
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
        <p id="enrol-trouble" class="field-error" role="alert">
          {trouble.value && words[trouble.value]}
        </p>
        <Keypad words={words} onKey={(key) => type(code.value + key)} onErase={() => type(code.value.slice(0, -1))} />
        <button
          type="submit"
          class="button primary"
          data-testid="enrol-go"
          disabled={code.value.length < CODE_LENGTH || busy.value}
        >
          {words.enrolGo}
        </button>
      </form>
      <DisplayMenu />
    </main>
  );
}

interface KeypadProps {
  words: ShopWords;
  onKey(key: string): void;
  onErase(): void;
}

function Keypad({ words, onKey, onErase }: KeypadProps) {
  return (
    <div class="keypad">
      {[...KEYS].map((key) => (
        <button key={key} type="button" class="button" onClick={() => onKey(key)}>
          {key}
        </button>
      ))}
      <button type="button" class="button wide" aria-label={words.enrolErase} onClick={onErase}>
        <DeleteIcon />
      </button>
    </div>
  );
}
