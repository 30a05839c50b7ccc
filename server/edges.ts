/**
 * The edges of the joined rooms: routes, sockets, pages, metrics, and the loops. Each takes what it needs of the rooms.
 * Must never make a room or know an adapter.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyRequest } from "fastify";
import { type Config, notKeptYet } from "./config.ts";
import type { HttpServer } from "./http/build.ts";
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
import { addReceiptRoutes } from "./http/routes/receipts.ts";
import { addRoleRoutes } from "./http/routes/roles.ts";
import { addScheduleRoutes } from "./http/routes/schedule.ts";
import { addSettingsRoutes } from "./http/routes/settings.ts";
import { addShowtimeRoutes } from "./http/routes/showtimes.ts";
import { addTicketTypeRoutes } from "./http/routes/ticket-types.ts";
import { addTicketRoutes } from "./http/routes/tickets.ts";
import { addUserRoutes } from "./http/routes/users.ts";
import { createTrail } from "./http/trail.ts";
import { actorOf } from "./identity/actors.ts";
import { createLiveLedger } from "./live/ledger.ts";
import { createLive, type Live } from "./live/live.ts";
import { addLiveMetrics, countAnswers } from "./live/metrics.ts";
import type { Parts } from "./parts.ts";
import type { Rooms } from "./rooms.ts";
import { startSelling } from "./selling.ts";
import { startAudit } from "./workers/audit.ts";
import { startDemo } from "./workers/demo.ts";
import { addOrderFigures } from "./workers/figures.ts";
import { startRevocations } from "./workers/revocations.ts";

/** The built apps, seen from `dist/server` and from `server` alike. */
const WEB_DIR = join(import.meta.dirname, import.meta.dirname.includes("dist") ? "../web" : "../dist/web");

/** Orders under way may end while the server closes; a provider that does not answer is left to the next server. */
const SETTLE_WITHIN_MS = 2_000;

const VERSION = JSON.parse(readFileSync(join(WEB_DIR, "../../package.json"), "utf8")).version as string;

/** Adds everything that faces outwards: routes, sockets, pages; and the loops. */
export async function addEdges(http: HttpServer, config: Config, parts: Parts, rooms: Rooms): Promise<void> {
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
