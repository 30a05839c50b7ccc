/**
 * Every migration, in order. One that has been released is never changed or removed.
 *
 * A store without a number is number 0: made before numbers, or a moment ago.
 */
import { identify } from "../installation.ts";
import type { Store } from "../port.ts";

export interface Migration {
  /** One more than the one before. */
  readonly number: number;
  readonly name: string;
  /** Changes the documents. Safe to repeat: a server may die halfway and the next one begins again. */
  up(store: Store): Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: "every store has an identity",
    up: async (store) => {
      await identify(store);
    },
  },
];
