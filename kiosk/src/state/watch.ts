import { type ReadonlySignal, signal } from "@preact/signals";
import { type Idle, nextIdle } from "./idle.ts";

/** Watches a kiosk for its guest. */
export interface PresenceWatch {
  idle: ReadonlySignal<Idle>;
  /** Begins to watch, or begins anew. */
  start(): void;
  /** Nobody is expected to touch anything: attract screen, payment under way. */
  pause(): void;
}

const TICK_MS = 500;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
/**
 * The question is answered when a touch or a key ends: were it gone when they begin, the rest of the touch would
 * press what lay behind it.
 */
const ANSWERS = ["click", "keyup", "wheel", "touchmove"] as const;

/** `onGone` is called once per visit, when nobody answered. */
export function createPresenceWatch(onGone: () => void, now: () => number = Date.now): PresenceWatch {
  const idle = signal<Idle>({ phase: "present", lastSeen: now() });
  let timer: ReturnType<typeof setInterval> | undefined;

  function step(event: "touch" | "tick"): void {
    const before = idle.peek();
    idle.value = nextIdle(before, { event, at: now() });
    if (idle.peek().phase === "gone" && before.phase !== "gone") {
      pause();
      onGone();
    }
  }

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    idle.value = { phase: "present", lastSeen: now() };
  }

  function listen(signs: readonly string[], phase: Idle["phase"]): void {
    const touched = () => timer !== undefined && idle.peek().phase === phase && step("touch");
    for (const sign of signs) window.addEventListener(sign, touched, { passive: true, capture: true });
  }
  listen(SIGNS_OF_LIFE, "present");
  listen(ANSWERS, "asking");

  return {
    idle,
    start() {
      idle.value = { phase: "present", lastSeen: now() };
      timer ??= setInterval(() => step("tick"), TICK_MS);
    },
    pause,
  };
}
