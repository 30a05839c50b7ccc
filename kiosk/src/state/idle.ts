/** When nobody is there any more. Pure: time comes in, a phase comes out. Times in milliseconds. */

/** Quiet for this long, and a kiosk asks. */
export const QUIET_MS = 45_000;
/** Time to answer before the visit ends. */
export const ANSWER_MS = 15_000;

export type Idle =
  | { phase: "present"; lastSeen: number }
  /** "Still there?": the visit ends at `endsAt` unless somebody touches. */
  | { phase: "asking"; endsAt: number }
  | { phase: "gone" };

export type IdleEvent = { event: "touch" | "tick"; at: number };

export function nextIdle(idle: Idle, { event, at }: IdleEvent): Idle {
  switch (idle.phase) {
    case "present":
      if (event === "touch") return { phase: "present", lastSeen: at };
      return at - idle.lastSeen >= QUIET_MS ? { phase: "asking", endsAt: idle.lastSeen + QUIET_MS + ANSWER_MS } : idle;
    case "asking":
      if (at >= idle.endsAt) return { phase: "gone" };
      return event === "touch" ? { phase: "present", lastSeen: at } : idle;
    case "gone":
      return idle;
    default:
      return idle satisfies never;
  }
}
