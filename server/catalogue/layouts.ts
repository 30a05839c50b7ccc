import { isDeepStrictEqual } from "node:util";
import type { Layout } from "../booking/showtimes.ts";
import type { Seat } from "../protocol/resources.ts";
import { type LayoutDoc, layouts } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** The seats of charts, each version for ever: a showtime keeps the layout that it began with. */
export interface Layouts {
  /** Throws when there is none: documents point at layouts that exist. */
  get(layoutId: string): Promise<Layout>;
  /** The layout of one version of an auditorium's chart. Throws when there is none. */
  ofAuditorium(auditoriumId: string, layoutVersion: number): Promise<Layout>;
  /** Writes a layout, once. Safe to repeat: the first one stays. False: it has other seats. */
  keep(auditoriumId: string, layoutVersion: number, seats: readonly Seat[]): Promise<boolean>;
}

/** Whether two charts come to the same seats in the same order. */
export function sameSeats(a: readonly Seat[], b: readonly Seat[]): boolean {
  return isDeepStrictEqual(a, b);
}

/** The id of an auditorium's layout says which it is, so that finding one is a read by id. */
export function layoutId(auditoriumId: string, layoutVersion: number): string {
  return `${auditoriumId.replace(/^aud_/, "lay_")}_${layoutVersion}`;
}

/** Layouts never change, so each is read once per process and stays: an auditorium has few versions. */
export function createLayouts(store: Store): Layouts {
  const documents = store.collection(layouts);
  const known = new Map<string, Layout>();

  async function get(id: string): Promise<Layout> {
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    const document = await documents.get(id);
    if (document === null) throw new Error(`layout ${id} is missing`);
    const layout = layoutOf(document);
    known.set(id, layout);
    return layout;
  }

  return {
    get,
    ofAuditorium: (auditoriumId, layoutVersion) => get(layoutId(auditoriumId, layoutVersion)),
    async keep(auditoriumId, layoutVersion, seats) {
      const id = layoutId(auditoriumId, layoutVersion);
      const inserted = await documents.insert({ id, auditoriumId, layoutVersion, seats: [...seats] });
      return inserted.ok || sameSeats((await get(id)).seats, seats);
    },
  };
}

function layoutOf(document: LayoutDoc): Layout {
  return {
    id: document.id,
    version: document.layoutVersion,
    seats: document.seats,
    indexOf: new Map(document.seats.map((seat, index) => [seat.id, index])),
  };
}
