/**
 * What a store knows about itself: who it is, and who serves it.
 *
 * Must never import an adapter.
 */
import { randomText } from "../basics/ids.ts";
import { installation } from "./collections.ts";
import type { Store } from "./port.ts";

export { type Lease, type LeaseOptions, serveAlone, serveTogether, takeLease } from "./lease.ts";

const IDENTITY = "identity";
/** 100 random bits: no two stores share one. */
const STORE_ID_LENGTH = 20;

/** The id of this store: random, written once, the same for every server and after every restore. */
export async function identify(store: Store): Promise<string> {
  const about = store.collection(installation);
  await about.insert({ id: IDENTITY, value: { storeId: randomText(STORE_ID_LENGTH) } });
  const identity = await about.get(IDENTITY);
  return String(identity?.value.storeId);
}
