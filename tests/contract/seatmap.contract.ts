/** Everything that the seat map's port promises, for any adapter. One adapter is opened for all of it. */
import { afterAll, beforeAll, describe } from "vitest";
import type { Adapter, AdapterKind } from "../support/seatmap.ts";
import { blocksContract } from "./seatmap.blocks.contract.ts";
import { feedContract } from "./seatmap.feed.contract.ts";
import { holdingContract } from "./seatmap.holding.contract.ts";
import { ledgerContract } from "./seatmap.ledger.contract.ts";
import { loadingContract } from "./seatmap.loading.contract.ts";
import { paymentContract } from "./seatmap.payment.contract.ts";
import { requestsContract } from "./seatmap.requests.contract.ts";
import { timeContract } from "./seatmap.time.contract.ts";

export function seatMapContract(kind: AdapterKind): void {
  describe.skipIf(!kind.isHere)(`seat map: ${kind.name}`, () => {
    let opened: Adapter;
    beforeAll(async () => {
      opened = await kind.open();
    });
    afterAll(() => opened?.close());
    // Tests are collected before anything is open.
    const adapter: Adapter = {
      get map() {
        return opened.map;
      },
      get other() {
        return opened.other;
      },
      passes: (ms) => opened.passes(ms),
      close: () => opened.close(),
    };
    holdingContract(adapter);
    timeContract(adapter);
    requestsContract(adapter);
    paymentContract(adapter);
    ledgerContract(adapter);
    blocksContract(adapter);
    loadingContract(adapter);
    feedContract(adapter);
  });
}
