/** Which showtimes a session has taken seats in, as far as this process knows. */
export interface Touched {
  /** `until`: when a hold there is over at the latest. `at`: now, by the same clock. */
  add(sessionId: string, showtimeId: string, until: number, at: number): void;
  forget(sessionId: string, showtimeId: string): void;
  of(sessionId: string): string[];
}

/** Sessions remembered before those whose holds are over are looked for: a look costs a microsecond each. */
const FIRST_LOOK = 1_000;

/** Bounded by the holds that are alive: what is over is dropped whenever the number of sessions has doubled. */
export function createTouched(): Touched {
  const sessions = new Map<string, Map<string, number>>();
  let nextLook = FIRST_LOOK;

  function dropEnded(at: number): void {
    for (const [sessionId, showtimes] of sessions) {
      for (const [showtimeId, until] of showtimes) if (until < at) showtimes.delete(showtimeId);
      if (showtimes.size === 0) sessions.delete(sessionId);
    }
    nextLook = Math.max(FIRST_LOOK, sessions.size * 2);
  }

  return {
    add(sessionId, showtimeId, until, at) {
      const showtimes = sessions.get(sessionId) ?? new Map<string, number>();
      sessions.set(sessionId, showtimes.set(showtimeId, until));
      if (sessions.size > nextLook) dropEnded(at);
    },
    forget(sessionId, showtimeId) {
      const showtimes = sessions.get(sessionId);
      if (showtimes?.delete(showtimeId) && showtimes.size === 0) sessions.delete(sessionId);
    },
    of: (sessionId) => [...(sessions.get(sessionId)?.keys() ?? [])],
  };
}
