import { devices, sessions } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** Which kiosk each customer in the lobby stands at. */
export interface KioskVisits {
  /** The ids of the kiosks at which these sessions were opened, by session; sessions from elsewhere are left out. */
  kiosksOf(sessionIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** More devices than any cinema has. */
const DEVICES_MAX = 1_000;
/** More than have seats at any one time, at some 100 bytes each. */
const REMEMBERED_SESSIONS = 10_000;

/**
 * All kiosks are read only for a session that was not asked about lately: a visit is in the books before anybody can
 * hold a seat in it, and a session never moves to another kiosk, so that neither answer can become wrong.
 */
export function createKioskVisits(store: Store, rememberedMax = REMEMBERED_SESSIONS): KioskVisits {
  const [machines, open] = [store.collection(devices), store.collection(sessions)];
  /** Null: of no kiosk. Those asked about last stand at the end. */
  const remembered = new Map<string, string | null>();

  function remember(sessionId: string, kiosk: string | null): void {
    remembered.delete(sessionId);
    remembered.set(sessionId, kiosk);
    const oldest = remembered.size > rememberedMax ? remembered.keys().next().value : undefined;
    if (oldest !== undefined) remembered.delete(oldest);
  }

  /** The kiosks by session: a device keeps the visits that run or ended a moment ago. */
  async function visited(): Promise<ReadonlyMap<string, string>> {
    const kiosks = (await machines.find({ createdAt: { gte: "" } }, { limit: DEVICES_MAX }))
      .filter(({ kind, status }) => kind === "kiosk" && status === "active")
      .map(({ id }) => id);
    if (kiosks.length === 0) return new Map();
    const running = await open.find({ subjectId: { in: kiosks } }, { limit: DEVICES_MAX });
    return new Map(
      running.flatMap(({ subjectId, visits = [] }) => visits.map(({ sessionId }) => [sessionId, subjectId] as const)),
    );
  }

  return {
    async kiosksOf(sessionIds) {
      const known = sessionIds.map((id) => [id, remembered.get(id)] as const);
      const found = known.some(([, kiosk]) => kiosk === undefined) ? await visited() : new Map<string, string>();
      const kiosks = new Map<string, string>();
      for (const [id, before] of known) {
        const kiosk = before === undefined ? (found.get(id) ?? null) : before;
        remember(id, kiosk);
        if (kiosk !== null) kiosks.set(id, kiosk);
      }
      return kiosks;
    },
  };
}
