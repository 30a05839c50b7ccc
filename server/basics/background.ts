/**
 * Work that nobody waits for: no promise is lost, failures are told, and a closing server can wait for it.
 */
export interface Background {
  run(what: string, work: () => Promise<unknown>): void;
  /** Resolves when everything that was started has ended, or after `withinMs`: what goes on then, goes on. */
  settled(withinMs?: number): Promise<void>;
}

export function createBackground(onError: (what: string, error: unknown) => void): Background {
  const underWay = new Set<Promise<void>>();
  return {
    run(what, work) {
      const watched = work()
        .then(
          () => {},
          (error) => onError(what, error),
        )
        .finally(() => underWay.delete(watched));
      underWay.add(watched);
    },
    async settled(withinMs = Number.POSITIVE_INFINITY) {
      const all = async () => {
        while (underWay.size > 0) await Promise.all(underWay);
      };
      if (withinMs === Number.POSITIVE_INFINITY) return all();
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([all(), enough]);
      clearTimeout(timer);
    },
  };
}
