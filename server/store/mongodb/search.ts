/**
 * Reading along an index in MongoDB: asks for as many as are wanted, and for more when some of them don't count.
 *
 * Promises the order and the paging of the port.
 */
import type { Filter, Collection as MongoCollection } from "mongodb";
import { BY_ID, DEFAULT_LIMIT, type Plan } from "../plan.ts";
import type { FindOptions, Stored } from "../port.ts";
import { decode, decoded, type Kept } from "./encoding.ts";
import { isWithoutIndex, nameOf } from "./indexes.ts";
import { alsoFilter, comesAfter, filterOf, isResult, pagedFilter, type Sort, sortOf } from "./queries.ts";

/** When the results that count were fewer than asked for, the server is asked for so many times more. */
const ASK_MORE = 4;

export type Search<D> = (plan: Plan, options?: FindOptions) => Promise<D[]>;

export function createSearch<D extends Stored>(kept: MongoCollection<Kept>): Search<D> {
  /**
   * The plan's index is named, so that a query costs the same whatever the database believes of its data. Another version's
   * server may have dropped that index meanwhile: then the database chooses.
   */
  async function along(plan: Plan, asked: Filter<Kept>, order: Sort, most: number): Promise<Kept[]> {
    const ask = (hint?: string) =>
      kept
        .find(asked, hint === undefined ? {} : { hint })
        .sort(order)
        .limit(most)
        .batchSize(most)
        .toArray();
    try {
      return await ask(plan.index === BY_ID ? undefined : nameOf(plan));
    } catch (error) {
      if (!isWithoutIndex(error)) throw error;
      return ask();
    }
  }

  return async (plan, options = {}) => {
    const { limit = DEFAULT_LIMIT, descending = false, after, also = {} } = options;
    const filter = filterOf(plan);
    if (filter === null || limit <= 0) return [];
    const from = after === undefined ? null : decoded<D>(await kept.findOne({ _id: after }));
    if (after !== undefined && !(from && isResult(plan, from))) return [];
    const asked = alsoFilter(from ? pagedFilter(plan, filter, from, descending) : filter, also);
    // A page begins with the document that it comes after.
    for (let most = limit + (from ? 1 : 0); ; most *= ASK_MORE) {
      const found = (await along(plan, asked, sortOf(plan, descending), most)).map((one) => decode<D>(one));
      const counting = found.filter(
        (document) => isResult(plan, document) && !(from && !comesAfter(plan, document, from, descending)),
      );
      if (counting.length >= limit || found.length < most) return counting.slice(0, limit);
    }
  };
}
