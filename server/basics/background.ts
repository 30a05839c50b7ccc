/**
 * Work that nobody waits for: no promise is lost, failures are told, and a closing server can wait for it.
 */
export interface Background {
  run(what: string, work: () => Promise<unknown>): void;
  /** Resolves when everything that was started has ended. */
  settled(): Promise<void>;
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
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
