import { useEffect, useState } from "preact/hooks";
import { clockText } from "../words/formats.ts";
import { spokenMark } from "../words/spoken.ts";
import { ClockIcon } from "./icons.tsx";
import { useNotices } from "./Notices.tsx";

export interface CountdownProps {
  /** By this browser's clock, in milliseconds. */
  endsAt: number;
  /** Shown before the time, and its accessible name. */
  label: string;
  /** What a screen reader hears with so many seconds left; left out: nothing. */
  spoken?(seconds: number): string;
  /** Called once when the time is over. */
  onEnd?(): void;
}

const TICK_MS = 250;
/** From here on it looks urgent. */
const URGENT_MS = 60_000;

/** Time left, always in sight; spoken at two minutes, one minute and thirty seconds, never every second. */
export function Countdown({ endsAt, label, spoken, onEnd }: CountdownProps) {
  const notices = useNotices();
  const [left, setLeft] = useState(() => endsAt - Date.now());
  useEffect(() => {
    let before = endsAt - Date.now();
    setLeft(before);
    const timer = setInterval(() => {
      const now = endsAt - Date.now();
      const mark = spokenMark(before, now);
      if (mark !== null && spoken) notices.speak(spoken(mark));
      if (before > 0 && now <= 0) onEnd?.();
      before = now;
      setLeft(now);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [endsAt, spoken]);
  return (
    <p class={`countdown${left <= URGENT_MS ? " urgent" : ""}`}>
      <ClockIcon />
      <span class="countdown-label">{label}</span>
      <span role="timer" aria-live="off" aria-label={label} class="tabular" data-testid="countdown">
        {clockText(left)}
      </span>
    </p>
  );
}
