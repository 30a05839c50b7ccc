/** A loop that runs until it is stopped. */
export interface Loop {
  /** No round begins after this; the one under way is waited for. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Runs rounds one after the other, never two at once, `everyMs` apart. A round that fails is told to
 * `onFailure` and the next one comes all the same. Does not keep the process alive.
 */
export function repeat(everyMs: number, round: () => Promise<void>, onFailure: (error: unknown) => void): Loop {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = next();
  function next(): NodeJS.Timeout {
    return setTimeout(() => {
      running = runOnce().then(() => {
        if (!stopped) timer = next();
      });
    }, everyMs).unref();
  }
  async function runOnce(): Promise<void> {
    try {
      await round();
    } catch (error) {
      onFailure(error);
    }
  }
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
