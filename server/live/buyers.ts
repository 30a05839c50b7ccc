import type { SeatBuyer } from "../protocol/events.ts";
import { devices, sessions, users } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { createKioskVisits } from "./kiosk-visits.ts";

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

export function createBuyers(store: Store): Buyers {
  const [people, machines, open] = [store.collection(users), store.collection(devices), store.collection(sessions)];
  const visits = createKioskVisits(store);

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
      const found = new Map<string, BuyerId>(
        (await open.getMany(sessionIds)).map(({ id, class: kind, subjectId }) => [id, { kind, id: subjectId }]),
      );
      const others = sessionIds.filter((id) => !found.has(id));
      for (const [id, kiosk] of await visits.kiosksOf(others)) found.set(id, { kind: "device", id: kiosk });
      return named(new Map(sessionIds.map((id) => [id, found.get(id) ?? { kind: "guest" }])));
    },
  };
}
