import type { SeatBuyer } from "../protocol/events.ts";
import { devices, sessions, users } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** Somebody who has seats, before they are named: `id` of the user or the device. */
export interface BuyerId {
  kind: SeatBuyer["kind"];
  id?: string | undefined;
}

/** Who has seats, for staff: a clerk or a device by name, customers and guests by their kind alone. */
export interface Buyers {
  /** Whose sessions these are, by id; those of which nothing is kept are guests'. */
  ofSessions(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SeatBuyer>>;
  /** The same buyers with the names of those who have one that staff may read. */
  named<K>(buyers: ReadonlyMap<K, BuyerId>): Promise<ReadonlyMap<K, SeatBuyer>>;
}

/** More devices than any cinema has. */
const DEVICES_MAX = 1_000;

export function createBuyers(store: Store): Buyers {
  const [people, machines, open] = [store.collection(users), store.collection(devices), store.collection(sessions)];

  /** The kiosks by their customers' sessions: a device keeps those that run or ended a moment ago. */
  async function visitedKiosks(): Promise<ReadonlyMap<string, BuyerId>> {
    const kiosks = (await machines.find({ createdAt: { gte: "" } }, { limit: DEVICES_MAX }))
      .filter(({ kind, status }) => kind === "kiosk" && status === "active")
      .map(({ id }) => id);
    if (kiosks.length === 0) return new Map();
    const running = await open.find({ subjectId: { in: kiosks } }, { limit: DEVICES_MAX });
    return new Map(
      running.flatMap(({ subjectId: id, visits = [] }) =>
        visits.map(({ sessionId }) => [sessionId, { kind: "device", id }] as const),
      ),
    );
  }

  async function named<K>(buyers: ReadonlyMap<K, BuyerId>): Promise<ReadonlyMap<K, SeatBuyer>> {
    const idsOf = (wanted: SeatBuyer["kind"]) =>
      new Set([...buyers.values()].flatMap(({ kind, id }) => (kind === wanted && id !== undefined ? id : [])));
    const [clerks, kiosks] = [[...idsOf("staff")], [...idsOf("device")]];
    const found = await Promise.all([
      clerks.length === 0 ? [] : people.getMany(clerks),
      kiosks.length === 0 ? [] : machines.getMany(kiosks),
    ]);
    const names = new Map(found.flat().map(({ id, name }) => [id, name]));
    return new Map(
      [...buyers].map(([key, { kind, id = "" }]) => {
        const name = kind === "staff" || kind === "device" ? names.get(id) : undefined;
        return [key, name === undefined ? { kind } : { kind, name }];
      }),
    );
  }

  return {
    named,
    async ofSessions(sessionIds) {
      if (sessionIds.length === 0) return new Map();
      const kept = new Map<string, BuyerId>(
        (await open.getMany(sessionIds)).map(({ id, class: kind, subjectId }) => [id, { kind, id: subjectId }]),
      );
      const kiosks = sessionIds.some((id) => !kept.has(id)) ? await visitedKiosks() : new Map<string, BuyerId>();
      return named(new Map(sessionIds.map((id) => [id, kept.get(id) ?? kiosks.get(id) ?? { kind: "guest" }])));
    },
  };
}
