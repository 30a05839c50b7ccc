/** Waits without holding up what else this user does: its socket goes on answering pings. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(), Math.max(ms, 1));
  });
}

/** Half to one and a half times as long, so that users do not march in step. */
export function spread(ms: number): number {
  return Math.round(ms * (0.5 + Math.random()));
}

/** A whole number from 0 to `below` - 1. */
export function dice(below: number): number {
  return Math.floor(Math.random() * below);
}
