import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Audit, createAudit } from "../../server/audit/audit.ts";
import { type Clock, systemClock } from "../../server/basics/clock.ts";
import { createLedger } from "../../server/booking/ledger.ts";
import { type Catalogue, createCatalogue } from "../../server/catalogue/catalogue.ts";
import { readConfig } from "../../server/config.ts";
import { createDemoCinema, type DemoCinema } from "../../server/demo/cinema.ts";
import { buildHttp } from "../../server/http/build.ts";
import { addAuditoriumRoutes } from "../../server/http/routes/auditoriums.ts";
import { addFilmFileRoutes } from "../../server/http/routes/film-files.ts";
import { addFilmRoutes } from "../../server/http/routes/films.ts";
import { addGenreRoutes } from "../../server/http/routes/genres.ts";
import { addPriceListRoutes } from "../../server/http/routes/price-lists.ts";
import { addScheduleRoutes } from "../../server/http/routes/schedule.ts";
import { addSettingsRoutes } from "../../server/http/routes/settings.ts";
import { addShowtimeRoutes } from "../../server/http/routes/showtimes.ts";
import { addTicketTypeRoutes } from "../../server/http/routes/ticket-types.ts";
import { createTrail } from "../../server/http/trail.ts";
import type { Principal } from "../../server/identity/principal.ts";
import { refuse } from "../../server/protocol/errors.ts";
import { PERMISSIONS, type Permission } from "../../server/protocol/resources.ts";
import { createCalendar } from "../../server/schedule/calendar.ts";
import { createShowtimeChanges, type ShowtimeChanges } from "../../server/schedule/changes.ts";
import { createScheduleCheck, type ScheduleCheck } from "../../server/schedule/check.ts";
import { createScheduleCopies, type ScheduleCopies } from "../../server/schedule/copies.ts";
import { createPriceLists, type PriceLists } from "../../server/schedule/price-lists.ts";
import { createSchedule, type Schedule } from "../../server/schedule/schedule.ts";
import { createSettings, type HouseSettings } from "../../server/schedule/settings.ts";
import { createShowtimes, type Showtimes } from "../../server/schedule/source.ts";
import { createShowtimeViews, type ShowtimeViews } from "../../server/schedule/views.ts";
import { createMapLoader, loadedMap } from "../../server/seatmap/loader.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import type { Store } from "../../server/store/port.ts";

/** The catalogue and the schedule on a real store and a real seat map, without a server around them. */
export interface Rooms {
  dataDir: string;
  store: Store;
  map: SeatMap;
  catalogue: Catalogue;
  settings: HouseSettings;
  showtimes: Showtimes;
  priceLists: PriceLists;
  schedule: Schedule;
  changes: ShowtimeChanges;
  check: ScheduleCheck;
  copies: ScheduleCopies;
  audit: Audit;
  views: ShowtimeViews;
  demo: DemoCinema;
  close(): Promise<void>;
}

/** Opens the store of rooms that name none. */
let openStore = (dataDir: string): Promise<Store> => openEmbeddedStore({ dataDir });

/** Whether rooms are kept somewhere else than in files of this process: where a write is a journey, fewer repetitions do. */
export let roomsAreFar = false;

/** From now on rooms of this process are in stores opened so. */
export function keepRoomsIn(open: typeof openStore): void {
  openStore = open;
  roomsAreFar = true;
}

/** `dataDir` given: kept on close; made here: removed. */
export async function openRooms(options: { clock?: Clock; dataDir?: string; timeZone?: string } = {}): Promise<Rooms> {
  const { clock = systemClock, timeZone = "Europe/Madrid" } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "butaca-rooms-")));
  const store = await openStore(dataDir);
  const catalogue = createCatalogue({ store, clock });
  const settings = createSettings({ store, clock });
  const showtimes = createShowtimes({ store, clock, layouts: catalogue.layouts, settings, currency: "EUR" });
  const bare = createMemorySeatMap();
  const loader = createMapLoader({
    map: bare,
    describe: showtimes.describe,
    readBookings: createLedger({ store, clock }).readBookings,
  });
  const map = loadedMap(bare, loader);
  const calendar = createCalendar(timeZone);
  const priceLists = createPriceLists({ store, clock, ticketTypes: catalogue.ticketTypes, calendar });
  const schedule = createSchedule({ store, clock, catalogue, priceLists });
  const changes = createShowtimeChanges({ store, clock, catalogue, priceLists, map, reload: loader.reload });
  const check = createScheduleCheck({ store, catalogue, priceLists, clock });
  return {
    dataDir,
    store,
    map,
    catalogue,
    settings,
    showtimes,
    priceLists,
    schedule,
    changes,
    check,
    copies: createScheduleCopies({ store, catalogue, calendar, priceLists, schedule, changes, check }),
    audit: createAudit({ store, clock, chain: "main" }),
    views: createShowtimeViews({ store, clock, catalogue, map, currency: "EUR" }),
    demo: createDemoCinema({ store, clock, catalogue, schedule, settings, timeZone }),
    async close() {
      await map.close();
      await store.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  body: any;
}

export interface RoomsServer extends Rooms {
  url: string;
  /** Showtimes that were told of, in order. */
  told: string[];
  /** A call as somebody with these permissions; `null`: nobody. */
  call(
    method: string,
    path: string,
    permissions: readonly Permission[] | null,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

/** The rooms behind their real HTTP routes on a real port. Tokens are stood in for by lists of permissions. */
export async function serveRooms(options: Parameters<typeof openRooms>[0] = {}): Promise<RoomsServer> {
  const rooms = await openRooms(options);
  const { catalogue } = rooms;
  const config = readConfig({ PORT: "0", LOG_LEVEL: "silent", DATA_DIR: rooms.dataDir });
  const http = await buildHttp(config, {
    authenticate: async (token) => principalOf(token),
    onDenied: () => {},
    audit: rooms.audit,
  });
  const told: string[] = [];
  const trail = createTrail(rooms.audit);
  const deps = { ...rooms, ...catalogue, ...rooms.changes, trail, tell: async (id: string) => void told.push(id) };
  addGenreRoutes(http, deps);
  addFilmFileRoutes(http, deps);
  addFilmRoutes(http, deps);
  addAuditoriumRoutes(http, deps);
  addTicketTypeRoutes(http, deps);
  addPriceListRoutes(http, { ...deps, currency: "EUR" });
  addScheduleRoutes(http, deps);
  addShowtimeRoutes(http, deps);
  addSettingsRoutes(http, deps);
  await http.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/api/v1`;
  return {
    ...rooms,
    url,
    told,
    async call(method, path, permissions, body, headers = {}) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(permissions !== null && { authorization: `Bearer as:${permissions.join(",")}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get("content-type")?.includes("json") === true;
      return {
        status: answer.status,
        headers: answer.headers,
        body: text === "" ? null : isJson ? JSON.parse(text) : text,
      };
    },
    async close() {
      await http.close();
      await rooms.close();
    },
  };
}

function principalOf(token: string) {
  if (!token.startsWith("as:")) return refuse("unauthorized", "not one of the test's tokens");
  const names = token.slice(3).split(",");
  const principal: Principal = {
    class: "staff",
    sessionId: "ses_test",
    subjectId: "usr_test",
    permissions: new Set(PERMISSIONS.filter((permission) => names.includes(permission))),
    expiresAt: Number.MAX_SAFE_INTEGER,
  };
  return { ok: true as const, principal };
}

/** What a showtime needs: one genre, one film of 100 minutes, one room of `chart`, one ticket type. */
export async function stock(rooms: Rooms, chart = "A ss.ss\nB vvwc") {
  const made = await Promise.all([
    rooms.catalogue.genres.create({ name: "Drama" }),
    rooms.catalogue.films.create({ title: "Up", durationMinutes: 100, genreIds: [], status: "showing" }),
    rooms.catalogue.auditoriums.create({ name: "One", chart }),
    rooms.catalogue.ticketTypes.create({ name: "Adult", order: 1, active: true }),
  ]);
  const [genreId, filmId, auditoriumId, ticketTypeId] = made.map((each) => {
    if (!each.ok) throw new Error(each.message);
    return each.document.id;
  }) as [string, string, string, string];
  const prices = (["standard", "vip"] as const).map((zone) => ({
    zone,
    ticketTypeId,
    amount: zone === "vip" ? 1200 : 900,
  }));
  return { genreId, filmId, auditoriumId, ticketTypeId, prices };
}
