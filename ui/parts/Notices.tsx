import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { useLook } from "../look.ts";
import { AlertIcon, CloseIcon, SeatIcon, TickIcon } from "./icons.tsx";

export type Tone = "calm" | "good" | "bad";
export interface Notice {
  id: number;
  text: string;
  tone: Tone;
  act?: NoticeAct;
}
/** What can be done about it while it is shown: an undo. */
export interface NoticeAct {
  label: string;
  run(): void;
}

/** Short news at the edge of the page, and words for screen readers alone. */
export interface Notices {
  shown: ReadonlySignal<readonly Notice[]>;
  /** What a screen reader says next, without a trace on the page. */
  spoken: ReadonlySignal<string>;
  /** Shows a text for a while. The same text again only begins its time anew. */
  say(text: string, tone?: Tone, act?: NoticeAct): void;
  speak(text: string): void;
  dismiss(id: number): void;
  clear(): void;
}

/** Long enough to read two sentences twice. */
const SHOWN_MS = 8_000;
/** Time to read it, to want it, and to get there by keyboard. */
const SHOWN_WITH_ACT_MS = 20_000;
/** More would hide the page. */
const MOST = 3;

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const spoken = signal("");
  let nextId = 1;
  const dismiss = (id: number) => {
    shown.value = shown.peek().filter((notice) => notice.id !== id);
  };
  return {
    shown,
    spoken,
    say(text, tone = "calm", act) {
      const id = nextId++;
      shown.value = [...shown.peek().filter((notice) => notice.text !== text), { id, text, tone, act }].slice(-MOST);
      setTimeout(() => dismiss(id), act === undefined ? SHOWN_MS : SHOWN_WITH_ACT_MS);
    },
    speak(text) {
      spoken.value = text;
    },
    dismiss,
    clear() {
      shown.value = [];
      spoken.value = "";
    },
  };
}

export const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error("no NoticesContext around this component");
  return notices;
}

export function NoticeArea() {
  const notices = useNotices();
  const words = useLook().words.value;
  return (
    <div class="notices">
      <div role="status" aria-live="polite" data-testid="notices">
        {notices.shown.value.map((notice) => (
          <div key={notice.id} class={`notice notice-${notice.tone}`}>
            <ToneIcon tone={notice.tone} />
            <p>{notice.text}</p>
            {notice.act && <ActButton notice={notice} act={notice.act} />}
            <button
              type="button"
              class="icon-button"
              aria-label={words.close}
              onClick={() => notices.dismiss(notice.id)}
            >
              <CloseIcon />
            </button>
          </div>
        ))}
      </div>
      <p class="hidden" aria-live="assertive">
        {notices.spoken}
      </p>
    </div>
  );
}

function ActButton({ notice, act }: { notice: Notice; act: NoticeAct }) {
  const notices = useNotices();
  return (
    <button
      type="button"
      class="button small"
      data-testid="notice-act"
      onClick={() => {
        notices.dismiss(notice.id);
        act.run();
      }}
    >
      {act.label}
    </button>
  );
}

function ToneIcon({ tone }: { tone: Tone }) {
  switch (tone) {
    case "calm":
      return <SeatIcon />;
    case "good":
      return <TickIcon />;
    case "bad":
      return <AlertIcon />;
    default:
      return tone satisfies never;
  }
}
