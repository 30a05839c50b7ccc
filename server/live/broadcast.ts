import { setImmediate as nextTurn } from "node:timers/promises";

/** Deliveries in one turn of the event loop: about 3 ms, so that acknowledgements never wait longer for a big room. */
const SLICE = 200;

/**
 * Calls `deliver` for every member that is still one when its turn comes. Small rooms are done before
 * it returns; big ones in slices, with everything else that waits in between. Stops when `isVoid`
 * says that what is being sent has been overtaken. Answers the milliseconds of work.
 */
export async function broadcast<Member, Value>(
  members: ReadonlyMap<Member, Value>,
  deliver: (member: Member, value: Value) => void,
  isVoid: () => boolean = () => false,
): Promise<number> {
  let startedAt = performance.now();
  if (members.size <= SLICE) {
    for (const [member, value] of members) deliver(member, value);
    return performance.now() - startedAt;
  }
  let workMs = 0;
  let inSlice = 0;
  for (const member of [...members.keys()]) {
    const value = members.get(member);
    if (value !== undefined) deliver(member, value);
    if (++inSlice < SLICE) continue;
    workMs += performance.now() - startedAt;
    inSlice = 0;
    await nextTurn();
    if (isVoid()) return workMs;
    startedAt = performance.now();
  }
  return workMs + performance.now() - startedAt;
}
