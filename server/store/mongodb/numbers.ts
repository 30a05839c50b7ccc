/**
 * The numbers of a series, each taken together with the write that carries it.
 *
 * Promises: the unique index decides who gets a number; whoever lost takes the next. Writers of one process wait for
 * each other: those that race ask again and again.
 */
import { createLanes } from "../../basics/lanes.ts";
import { type AnyCollection, planQuery } from "../plan.ts";
import type { Condition, Series, Stored, Updated } from "../port.ts";
import type { Search } from "./search.ts";

/** Runs `write` with the next number, again while others take it first. */
export type Numbering<D> = (series: Series<D>, write: (next: number) => Promise<Updated<D>>) => Promise<Updated<D>>;

export function createNumbering<D extends Stored>(spec: AnyCollection, search: Search<D>): Numbering<D> {
  const lanes = createLanes();
  /** The highest number seen in each series. */
  const highest = new Map<string, number>();

  async function lastOf({ query, field }: Series<D>, key: string): Promise<number> {
    const from = async (conditions: object): Promise<D | undefined> => {
      const plan = planQuery(spec, { ...(query as Record<string, Condition>), ...conditions });
      return (await search(plan, { limit: 1, descending: true }))[0];
    };
    const known = highest.get(key);
    // From there on first: not every server stops at the first result of a long series.
    const near = known === undefined ? undefined : await from({ [field]: { gte: known } });
    const last = Number((near ?? (await from({})))?.[field] ?? 0);
    highest.set(key, last);
    return last;
  }

  return (series, write) => {
    const key = JSON.stringify([series.query, series.field]);
    return lanes.run(key, async () => {
      let refused: { next: number; answer: Updated<D> } | undefined;
      for (;;) {
        const next = (await lastOf(series, key)) + 1;
        // Nobody took that number meanwhile, so it was another index that refused.
        if (refused?.next === next) return refused.answer;
        const answer = await write(next);
        if (answer.ok || answer.code === "missed") return answer;
        refused = { next, answer };
      }
    });
  };
}
