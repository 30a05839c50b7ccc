/**
 * The composition root: chooses adapters, joins the rooms, returns the app. Nothing else knows who is
 * behind a port. Tests hand in overrides.
 */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import { createAudit } from "./audit/audit.ts";
import { claimChain } from "./audit/slots.ts";
import { createHolds, type HoldLimits } from "./booking/holds.ts";
import { createLedger } from "./booking/ledger.ts";
import { createHeldBy, listLive } from "./booking/live-showtimes.ts";
import { createCatalogue } from "./catalogue/catalogue.ts";
import { type Config, notKeptYet, StartRefused } from "./config.ts";
import { createDemoCinema } from "./demo/cinema.ts";
import { buildHttp, type HttpServer } from "./http/build.ts";
import { onceEach } from "./http/plugins/auth.ts";
import { addHangUp } from "./http/plugins/hang-up.ts";
import { addHealth } from "./http/plugins/health.ts";
import { addHealthFigures, addMetrics } from "./http/plugins/metrics.ts";
import { addWeb } from "./http/plugins/web.ts";
import { addAuditRoutes } from "./http/routes/audit.ts";
import { addAuditoriumRoutes } from "./http/routes/auditoriums.ts";
import { addAuthRoutes } from "./http/routes/auth.ts";
import { addBlockRoutes } from "./http/routes/blocks.ts";
import { addConfigRoute } from "./http/routes/config.ts";
import { addDeviceRoutes } from "./http/routes/devices.ts";
import { addFilmFileRoutes } from "./http/routes/film-files.ts";
import { addFilmRoutes } from "./http/routes/films.ts";
import { addGenreRoutes } from "./http/routes/genres.ts";
import { addJwksRoute } from "./http/routes/jwks.ts";
import { addLookupRoutes } from "./http/routes/lookups.ts";
import { addMeRoutes } from "./http/routes/me.ts";
import { addOrderRoutes, createFindOrder } from "./http/routes/orders.ts";
import { addPaymentRoutes, takeCallback } from "./http/routes/payments.ts";
import { addPriceListRoutes } from "./http/routes/price-lists.ts";
import { addReceiptRoutes, RECEIPT_CSS_PATH } from "./http/routes/receipts.ts";
import { addRoleRoutes } from "./http/routes/roles.ts";
import { addScheduleRoutes } from "./http/routes/schedule.ts";
import { addSettingsRoutes } from "./http/routes/settings.ts";
import { addShowtimeRoutes } from "./http/routes/showtimes.ts";
import { addTicketTypeRoutes } from "./http/routes/ticket-types.ts";
import { addTicketRoutes } from "./http/routes/tickets.ts";
import { addUserRoutes } from "./http/routes/users.ts";
import { createTrail } from "./http/trail.ts";
import { actorOf } from "./identity/actors.ts";
import type { AdministratorFound } from "./identity/bootstrap.ts";
import { createIdentity, type IdentityDeps } from "./identity/identity.ts";
import { createKeys, type Keys } from "./identity/keys.ts";
import { createLiveLedger } from "./live/ledger.ts";
import { createLive, type Live } from "./live/live.ts";
import { addLiveMetrics, countAnswers } from "./live/metrics.ts";
import { type Overrides, openParts, type Parts } from "./parts.ts";
import { createPost, openMailer } from "./post.ts";
import { createDoor } from "./receipts/door.ts";
import { createReceipts } from "./receipts/receipts.ts";
import { createTickets } from "./receipts/tickets.ts";
import { createCalendar } from "./schedule/calendar.ts";
import { createShowtimeChanges } from "./schedule/changes.ts";
import { createScheduleCheck } from "./schedule/check.ts";
import { createScheduleCopies } from "./schedule/copies.ts";
import { createPriceLists } from "./schedule/price-lists.ts";
import { createSchedule } from "./schedule/schedule.ts";
import { createSettings } from "./schedule/settings.ts";
import { createShowtimes } from "./schedule/source.ts";
import { createShowtimeViews } from "./schedule/views.ts";
import { createMapLoader, loadedMap } from "./seatmap/loader.ts";
import { joinSelling, startSelling } from "./selling.ts";
import { startAudit } from "./workers/audit.ts";
import { startDemo } from "./workers/demo.ts";
import { addOrderFigures, countOrders } from "./workers/figures.ts";
import { startRevocations } from "./workers/revocations.ts";

export interface App {
  http: HttpServer;
  /** Starts listening. Answers where, as `http://HOST:PORT`. */
  listen(): Promise<string>;
  /** Stops accepting, tells clients, finishes what is in flight, lets go of everything. Safe to repeat. */
  close(): Promise<void>;
}

/** The built apps, seen from `dist/server` and from `server` alike. */
const WEB_DIR = join(import.meta.dirname, import.meta.dirname.includes("dist") ? "../web" : "../dist/web");

/** Orders under way may end while the server closes; a provider that does not answer is left to the next server. */
const SETTLE_WITHIN_MS = 2_000;

const VERSION = JSON.parse(readFileSync(join(WEB_DIR, "../../package.json"), "utf8")).version as string;

/** Builds a whole server that does not listen yet. */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  let closing: Promise<void> | null = null;
  let log: FastifyBaseLogger | null = null;
  const parts = await openParts(config, overrides, {
    onLost() {
      log?.error("another process serves the store now: this one stops");
      void close();
    },
    warn: (details, message) => log?.warn(details, message),
  });
  const rooms = await joinRooms(config, parts, overrides);
  const http = await buildHttp(config, rooms);
  log = http.log;
  await addEdges(http, config, parts, rooms);
  async function closeAll(): Promise<void> {
    await http.close();
    await parts.close();
  }
  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }
  return {
    http,
    async listen() {
      await http.listen({ host: config.HOST, port: config.PORT });
      const { port } = http.server.address() as AddressInfo;
      const scheme = config.TLS_CERT === undefined ? "http" : "https";
      const host = config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST;
      const url = `${scheme}://${host}:${port}`;
      rooms.post.listensAt(url);
      return url;
    },
    close,
  };
}

/** Makes the rooms, each from the parts and rooms it needs. */
async function joinRooms(config: Config, parts: Parts, overrides: Overrides) {
  const cinema = joinCinema(config, parts);
  if (config.DEMO) await cinema.demo.prepare();
  const { adopt: adoptOrders, disown: disownOrders } = cinema.ledger;
  const cinemaName = async () => (await cinema.settings.read()).cinemaName;
  const post = createPost(config, { mailer: await openMailer(config), cinemaName });
  const people = await joinPeople(config, parts, { endHolds: cinema.holds.endAll, adoptOrders, disownOrders, post });
  const paper = joinPaper(config, parts, people);
  const selling = joinSelling(config, parts, { ...cinema, ...paper }, overrides);
  return { ...cinema, post, ...people, ...paper, ...selling };
}

/** What buyers take home, and the door that reads it. */
function joinPaper(config: Config, { store, clock }: Parts, { keys }: { keys: Keys }) {
  const tickets = createTickets({ keys });
  const receipts = createReceipts({ timeZone: config.CINEMA_TIME_ZONE, styleUrl: RECEIPT_CSS_PATH });
  return { tickets, receipts, door: createDoor({ store, tickets, clock }) };
}

/** Who may do what, and the book in which it is written down. */
async function joinPeople(
  config: Config,
  { store, clock }: Parts,
  seats: Pick<IdentityDeps, "endHolds" | "adoptOrders" | "disownOrders" | "post">,
) {
  const keys = createKeys({ store, clock });
  const chain = await claimChain(store, { alone: config.REDIS_URL === undefined });
  const audit = createAudit({ store, clock, chain: chain.name });
  const identity = createIdentity({ store, clock, keys, audit, ...seats, limitAddresses: config.RATE_LIMITS === "on" });
  showAdministrator(config, await identity.prepare({ email: config.ADMIN_EMAIL, password: config.ADMIN_PASSWORD }));
  const onDenied = onceEach(({ method, routeOptions, ip }, principal) => {
    const action = `${method} ${routeOptions.url}`;
    void audit.record({ ...actorOf({ principal, address: ip }), action, outcome: "denied" });
  });
  return { keys, audit, chain, identity, authenticate: identity.authenticate, onDenied };
}

/** Shows a generated password once, to whoever started the server; it never reaches the log. */
function showAdministrator({ ADMIN_EMAIL }: Config, found: AdministratorFound): void {
  if (found.status === "taken")
    throw new StartRefused("ADMIN_EMAIL: there is no administrator, and this address belongs to a customer");
  if (found.status === "made" && found.generatedPassword !== undefined)
    process.stdout.write(`First administrator: ${ADMIN_EMAIL}, password: ${found.generatedPassword}\n`);
}

/** What is shown and sold, and the map of its seats. */
function joinCinema(config: Config, { store, clock, metrics, map: bareMap }: Parts) {
  const currency = config.CURRENCY;
  const catalogue = createCatalogue({ store, clock });
  const settings = createSettings({ store, clock });
  const showtimes = createShowtimes({ store, clock, layouts: catalogue.layouts, settings, currency });
  const ledger = countOrders(createLedger({ store, clock }), metrics);
  const { describe } = showtimes;
  const loader = createMapLoader({ map: bareMap, describe, readBookings: ledger.readBookings });
  const map = loadedMap(bareMap, loader);
  const heldBy = createHeldBy({ live: () => listLive(store, clock.now()), map: bareMap });
  const holds = createHolds({ map, showtimes, heldBy, clock, limits: holdLimits(config) });
  const timeZone = config.CINEMA_TIME_ZONE;
  const calendar = createCalendar(timeZone);
  const priceLists = createPriceLists({ store, clock, ticketTypes: catalogue.ticketTypes, calendar });
  const schedule = createSchedule({ store, clock, catalogue, priceLists });
  const changes = createShowtimeChanges({ store, clock, catalogue, priceLists, map, reload: loader.reload });
  const check = createScheduleCheck({ store, catalogue, priceLists });
  const copies = createScheduleCopies({ store, catalogue, calendar, priceLists, schedule, changes, check });
  const views = createShowtimeViews({ store, clock, catalogue, map, currency });
  const demo = createDemoCinema({ store, clock, catalogue, schedule, settings, timeZone });
  return {
    catalogue,
    settings,
    showtimes,
    ledger,
    loader,
    map,
    holds,
    schedule,
    changes,
    calendar,
    priceLists,
    check,
    copies,
    views,
    demo,
  };
}

function holdLimits(config: Config): HoldLimits {
  return {
    ttlMs: config.HOLD_TTL_S * 1000,
    kioskTtlMs: config.KIOSK_HOLD_TTL_S * 1000,
    capMs: config.HOLD_CAP_S * 1000,
    maxSeats: config.MAX_SEATS_PER_HOLD,
    maxSeatsStaff: config.MAX_SEATS_STAFF,
  };
}

type Rooms = Awaited<ReturnType<typeof joinRooms>>;

/** Adds everything that faces outwards: routes, sockets, pages; and the loops. */
async function addEdges(http: HttpServer, config: Config, parts: Parts, rooms: Rooms): Promise<void> {
  addHangUp(http);
  for (const line of notKeptYet(config)) http.log.warn(line);
  const watched = [
    { name: "store", healthy: parts.store.healthy },
    { name: "payment provider", healthy: parts.payment.provider.healthy },
    { name: config.REDIS_URL === undefined ? "seat map" : "redis", healthy: parts.map.healthy },
  ];
  addHealth(http, watched);
  addMetrics(http, parts.metrics);
  addHealthFigures(parts.metrics, watched);
  addOrderFigures(parts.metrics, parts);
  addConfigRoute(http, config, {
    version: VERSION,
    sendsMail: rooms.post.mailer !== null,
    cinemaName: async () => (await rooms.settings.read()).cinemaName,
  });
  addPeopleRoutes(http, config, rooms);
  addTicketRoutes(http, rooms);
  const live = addLive(http, config, parts, rooms);
  addCinemaRoutes(http, config, rooms, live);
  addSellingRoutes(http, config, parts, rooms, live);
  startLoops(http, config, parts, rooms);
  await addWeb(http, WEB_DIR);
}

/** Opens the socket edge on the server's own port; it says goodbye before the server waits for open connections. */
function addLive(http: HttpServer, config: Config, { store, clock, metrics }: Parts, rooms: Rooms): Live {
  const live = createLive({
    ...rooms,
    ...createLiveLedger(store),
    server: http.server,
    onRevoked: rooms.identity.revocations.onRevoked,
    onAnswered: countAnswers(metrics),
    onDenied({ event, connection: { principal, address } }) {
      void rooms.audit.record({ ...actorOf({ principal, address }), action: `socket ${event}`, outcome: "denied" });
    },
    ...{ config, clock, logger: http.log },
  });
  addLiveMetrics(metrics, live);
  http.addHook("preClose", live.close);
  return live;
}

function addPeopleRoutes(http: HttpServer, config: Config, { identity, audit, keys, orders, post }: Rooms): void {
  addAuthRoutes(http, { config, identity });
  addMeRoutes(http, { identity, orders });
  addLookupRoutes(http, identity);
  const passwordUrl = (request: FastifyRequest, code: string) =>
    post.passwordUrlAt(`${request.protocol}://${request.host}`, code);
  addUserRoutes(http, { ...identity, passwordUrl });
  addRoleRoutes(http, identity);
  addDeviceRoutes(http, identity);
  addAuditRoutes(http, { audit });
  addJwksRoute(http, { keys });
}

/** Orders and what belongs to them; callbacks of the provider come in here too. */
function addSellingRoutes(http: HttpServer, config: Config, parts: Parts, rooms: Rooms, live: Live): void {
  const { provider, page, onCallback } = parts.payment;
  const { settlement, orders, report, background } = rooms;
  const { ownsSession, lookups } = rooms.identity;
  const { wasShown } = lookups;
  rooms.post.to((what, err) => http.log.warn({ err }, what));
  report.to((what, err) => http.log.warn({ err }, what));
  addOrderRoutes(http, { ...rooms, ownsSession, wasShown, publicUrl: config.PUBLIC_URL, watchOrder: live.watchOrder });
  addPaymentRoutes(http, { provider, settlement, page });
  addReceiptRoutes(http, { ...rooms, findOrder: createFindOrder({ orders, ownsSession, wasShown }) });
  onCallback(async ({ body, headers }) => {
    await takeCallback({ provider, settlement }, Buffer.from(body), headers);
  });
  http.addHook("preClose", async () => orders.close());
  http.addHook("onClose", async () => {
    await rooms.identity.forgotten.settled(SETTLE_WITHIN_MS);
    await rooms.post.mailer?.close();
  });
  http.addHook("onClose", () => background.settled(SETTLE_WITHIN_MS));
}

/** What runs by itself until the server closes. */
function startLoops(http: HttpServer, config: Config, parts: Parts, rooms: Rooms): void {
  const { identity, audit, chain, demo } = rooms;
  const onFailure = (err: unknown) => http.log.warn({ err }, "a round of a loop failed");
  const loops = [startRevocations(identity, onFailure), startAudit(audit, chain, onFailure)];
  loops.push(...startSelling(parts, rooms, rooms));
  if (config.DEMO) loops.push(startDemo(demo, onFailure));
  http.addHook("onClose", async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
  });
}

/** What is shown and sold, and the house; changes are written down, and viewers told. */
function addCinemaRoutes(http: HttpServer, config: Config, rooms: Rooms, live: Live): void {
  const trail = createTrail(rooms.audit);
  // A change is made when it is written: viewers who could not be told notice it within seconds.
  const tell = (showtimeId: string) =>
    live.showtimeChanged(showtimeId).catch((err: unknown) => http.log.warn({ err }, "viewers were not told"));
  const currency = config.CURRENCY;
  const deps = { ...rooms, ...rooms.catalogue, ...rooms.changes, trail, tell, currency };
  addGenreRoutes(http, deps);
  addFilmFileRoutes(http, deps);
  addFilmRoutes(http, deps);
  addAuditoriumRoutes(http, deps);
  addTicketTypeRoutes(http, deps);
  addPriceListRoutes(http, deps);
  addBlockRoutes(http, deps);
  addScheduleRoutes(http, deps);
  addShowtimeRoutes(http, deps);
  addSettingsRoutes(http, deps);
}
