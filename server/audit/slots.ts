import { randomText } from "../basics/ids.ts";
import { installation } from "../store/collections.ts";
import { type Holder, lifeOf, thisProcess } from "../store/holder.ts";
import type { Store } from "../store/port.ts";

/** The right to write one chain, kept until it is released. */
export interface ClaimedChain {
  name: string;
  /** Lets the next server go on with the chain. Safe to repeat. */
  release(): Promise<void>;
}

const SLOT = "audit-chain:";

/**
 * The chain of a server that starts: the first one that nobody living writes to, else a new one. Chains are gone on
 * with, so that there are about as many as there are servers. A holder that can't be asked from here keeps its chain.
 * `alone`: no other server can be there, so every chain is free.
 */
export async function claimChain(store: Store, { alone }: { alone: boolean }): Promise<ClaimedChain> {
  const slots = store.collection(installation);
  const holder = { ...thisProcess(randomText(20)) };
  for (let number = 1; ; ) {
    const name = `server-${number}`;
    const id = `${SLOT}${name}`;
    const slot = await slots.get(id);
    if (slot !== null && !alone && isHeld(slot.value.holder as Holder | null)) {
      number += 1;
      continue;
    }
    const value = { holder };
    const claimed =
      slot === null
        ? await slots.insert({ id, value })
        : await slots.update(id, { version: slot.version }, { set: { value } });
    if (!claimed.ok) continue;
    const { version } = claimed.document;
    return {
      name,
      release: async () => void (await slots.update(id, { version }, { set: { value: { holder: null } } })),
    };
  }
}

const isHeld = (holder: Holder | null) => holder !== null && lifeOf(holder) !== "dead";
