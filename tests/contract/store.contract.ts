/** What every store promises, as one suite for all adapters. */
import { afterEach, describe } from "vitest";
import type { AnyCollection } from "../../server/store/plan.ts";
import { type OpenedStore, tickets, unguarded } from "../support/store-tickets.ts";
import { changing, races } from "./store.changing.contract.ts";
import { finding } from "./store.finding.contract.ts";
import { againstModel } from "./store.model.contract.ts";
import { lost, uniqueness, writing } from "./store.writing.contract.ts";

/** `isFar`: each write is a journey to another process, so that a short run makes fewer. */
export function storeContract(
  name: string,
  open: (collections: readonly AnyCollection[]) => Promise<OpenedStore>,
  isFar = false,
): void {
  describe(`store contract: ${name}`, () => {
    const opened: OpenedStore[] = [];
    const start = async () => {
      const one = await open([tickets, unguarded]);
      opened.push(one);
      return { ...one, box: one.store.collection(tickets) };
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.cleanUp();
    });

    writing(start);
    uniqueness(start);
    changing(start);
    finding(start, isFar);
    races(start);
    againstModel(start, isFar);
    lost(start);
  });
}
