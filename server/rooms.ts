/**
 * The rooms, joined: the house and its seats, the programme, people, paper and selling, over the opened parts.
 * Knows ports, never the adapters behind them, and no edge but for what rooms are told of it.
 */
import { createAudit } from "./audit/audit.ts";
import { claimChain } from "./audit/slots.ts";
import { createHolds, type HoldLimits } from "./booking/holds.ts";
import { createLedger } from "./booking/ledger.ts";
import { createHeldBy, listLive } from "./booking/live-showtimes.ts";
import { createCatalogue } from "./catalogue/catalogue.ts";
import { type Config, StartRefused } from "./config.ts";
import { createDemoCinema } from "./demo/cinema.ts";
import { onceEach } from "./http/plugins/auth.ts";
import { RECEIPT_CSS_PATH } from "./http/routes/receipts.ts";
import { actorOf } from "./identity/actors.ts";
import type { AdministratorFound } from "./identity/bootstrap.ts";
import { createIdentity, type IdentityDeps } from "./identity/identity.ts";
import { createKeys, type Keys } from "./identity/keys.ts";
import type { Overrides, Parts } from "./parts.ts";
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
import { joinSelling } from "./selling.ts";
import { countOrders } from "./workers/figures.ts";

/** Makes the rooms, each from the parts and rooms it needs. */
export async function joinRooms(config: Config, parts: Parts, overrides: Overrides) {
  const house = joinHouse(config, parts);
  const programme = joinProgramme(config, parts, house);
  if (config.DEMO) await programme.demo.prepare();
  const { adopt: adoptOrders, disown: disownOrders } = house.ledger;
  const cinemaName = async () => (await house.settings.read()).cinemaName;
  const post = createPost(config, { mailer: await openMailer(config), cinemaName });
  const people = await joinPeople(config, parts, { endHolds: house.holds.endAll, adoptOrders, disownOrders, post });
  const paper = joinPaper(config, parts, people);
  const selling = joinSelling(config, parts, { ...house, ...paper }, overrides);
  return { ...house, ...programme, post, ...people, ...paper, ...selling };
}

export type Rooms = Awaited<ReturnType<typeof joinRooms>>;

/** The house, its seats and who holds them. */
function joinHouse(config: Config, { store, clock, metrics, map: bareMap }: Parts) {
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
  const views = createShowtimeViews({ store, clock, catalogue, map, currency });
  return { catalogue, settings, showtimes, ledger, loader, map, holds, views };
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

/** What is shown when, and at which prices. */
function joinProgramme(config: Config, { store, clock }: Parts, house: ReturnType<typeof joinHouse>) {
  const { catalogue, settings, map, loader } = house;
  const timeZone = config.CINEMA_TIME_ZONE;
  const calendar = createCalendar(timeZone);
  const priceLists = createPriceLists({ store, clock, ticketTypes: catalogue.ticketTypes, calendar });
  const schedule = createSchedule({ store, clock, catalogue, priceLists });
  const changes = createShowtimeChanges({ store, clock, catalogue, priceLists, map, reload: loader.reload });
  const check = createScheduleCheck({ store, catalogue, priceLists, clock });
  const copies = createScheduleCopies({ store, catalogue, calendar, priceLists, schedule, changes, check });
  const demo = createDemoCinema({ store, clock, catalogue, schedule, settings, timeZone });
  return { calendar, priceLists, schedule, changes, check, copies, demo };
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

/** What buyers take home, and the door that reads it. */
function joinPaper(config: Config, { store, clock }: Parts, { keys }: { keys: Keys }) {
  const tickets = createTickets({ keys });
  const receipts = createReceipts({ timeZone: config.CINEMA_TIME_ZONE, styleUrl: RECEIPT_CSS_PATH });
  return { tickets, receipts, door: createDoor({ store, tickets, clock }) };
}
