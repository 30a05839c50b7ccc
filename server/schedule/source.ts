import type { Clock } from "../basics/clock.ts";
import type { SellableShowtime, ShowtimeSource } from "../booking/showtimes.ts";
import type { Layouts } from "../catalogue/layouts.ts";
import {
  auditoriums,
  films,
  type SettingsDoc,
  type ShowtimeDoc,
  showtimes,
  ticketTypes,
} from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { HouseSettings } from "./settings.ts";

/** What a seat map has to be built for, as the loader of maps asks. */
export interface MapShape {
  seatCount: number;
  layoutVersion: number;
  /** How long the map may stay unused before it is forgotten. */
  keepMs: number;
}

/** Showtimes for selling and for building maps. */
export interface Showtimes extends ShowtimeSource {
  /** Null: no such showtime. */
  describe(showtimeId: string): Promise<MapShape | null>;
}

export interface ShowtimesDeps {
  store: Store;
  clock: Clock;
  layouts: Layouts;
  settings: HouseSettings;
  currency: string;
}

const MINUTE_MS = 60_000;
/** How long a film or an auditorium may go by its old name in a sale. */
const NAMES_MAX_AGE_MS = 1000;
/** A map is kept an hour past the end: longer than the last sale, its payment and the questions after it. */
const KEEP_AFTER_MS = 60 * MINUTE_MS;
/** Showtimes remembered: more than a chain has on sale. */
const REMEMBERED = 5000;

/** A showtime put together, valid while its parts are the same. */
interface Remembered {
  version: number;
  house: SettingsDoc;
  madeAt: number;
  showtime: SellableShowtime;
}

/**
 * Every hold asks `sellable`, so it costs one read of the showtime itself, which is never stale; names and
 * settings around it may be a second old, as `NAMES_MAX_AGE_MS` says.
 */
export function createShowtimes({ store, clock, layouts, settings, currency }: ShowtimesDeps): Showtimes {
  const documents = store.collection(showtimes);
  const remembered = new Map<string, Remembered>();

  async function putTogether(document: ShowtimeDoc, house: SettingsDoc): Promise<SellableShowtime> {
    const [film, auditorium, layout] = await Promise.all([
      store.collection(films).get(document.filmId),
      store.collection(auditoriums).get(document.auditoriumId),
      layouts.get(document.layoutId),
    ]);
    const { id, status, startsAt, endsAt, prices } = document;
    return {
      id,
      status,
      startsAt,
      endsAt,
      film: { id: document.filmId, title: film?.title ?? "" },
      auditorium: { id: document.auditoriumId, name: auditorium?.name ?? "" },
      layout,
      prices,
      currency,
      salesEndAt: salesEnd(startsAt, house),
    };
  }

  return {
    async sellable(showtimeId) {
      const document = await documents.get(showtimeId);
      if (document === null) return null;
      const house = await settings.recent();
      const known = remembered.get(showtimeId);
      const { version } = document;
      if (known?.version === version && known.house.version === house.version && isFresh(known)) return known.showtime;
      if (remembered.size >= REMEMBERED) remembered.clear();
      const showtime = await putTogether(document, house);
      remembered.set(showtimeId, { version, house, madeAt: performance.now(), showtime });
      return showtime;
    },

    async seller() {
      const { cinemaName, legalName, taxId, address, vatRate } = await settings.read();
      return { cinemaName, legalName, taxId, address, vatRate };
    },

    async ticketTypes() {
      const all = await store.collection(ticketTypes).find({ order: { gte: 0 } });
      return new Map(all.filter(({ active }) => active).map(({ id, name }) => [id, name]));
    },

    async describe(showtimeId) {
      const document = await documents.get(showtimeId);
      if (document === null) return null;
      const layout = await layouts.get(document.layoutId);
      const untilEnd = Math.max(0, Date.parse(document.endsAt) - clock.now());
      return { seatCount: layout.seats.length, layoutVersion: layout.version, keepMs: untilEnd + KEEP_AFTER_MS };
    },
  };
}

function isFresh({ madeAt }: Remembered): boolean {
  return performance.now() - madeAt < NAMES_MAX_AGE_MS;
}

/** `salesEndMinutes` count back from the start, like the other minutes of the settings; below 0 sales go on after it. */
function salesEnd(startsAt: string, { salesEndMinutes }: SettingsDoc): SellableShowtime["salesEndAt"] {
  const start = Date.parse(startsAt);
  return {
    web: start - salesEndMinutes.web * MINUTE_MS,
    kiosk: start - salesEndMinutes.kiosk * MINUTE_MS,
    "box-office": start - salesEndMinutes["box-office"] * MINUTE_MS,
  };
}
