/** Every key and channel of a showtime carries one hash tag, so that they live on one node of a cluster. */
function named(showtimeId: string, part: string): string {
  return `butaca:{${showtimeId}}:${part}`;
}

/** Says which store this Redis belongs to. */
export const STORE_KEY = "butaca:store";

export const publicChannel = (showtimeId: string) => named(showtimeId, "public");
export const privateChannel = (showtimeId: string) => named(showtimeId, "private");

/** KEYS 1-8 of every script, in the order that `_step.lua` unpacks. */
export function stepKeys(showtimeId: string): string[] {
  const parts = ["meta", "states", "holds", "data", "payments", "log", "public", "private"];
  return parts.map((part) => named(showtimeId, part));
}

/** What a session has asked, see `_requests.lua`. */
export const requestsKey = (showtimeId: string, sessionId: string) => named(showtimeId, `requests:${sessionId}`);
/** What the ledger said while the map was loading. */
export const recordedKey = (showtimeId: string) => named(showtimeId, "recorded");
