/**
 * The app's state: session, link, catalogue, the purchase under way and the screen it is on.
 *
 * Promises: one visit leaves nothing to the next; seats are given up only knowingly; everything that needs the server
 * waits for it, for ever.
 * Must never import a component.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Api, createApi } from "../../../ui/connection/api.ts";
import type { CustomerSession } from "../../../ui/connection/customer.ts";
import { createLink, type Link } from "../../../ui/connection/link.ts";
import type { Outcome } from "../../../ui/connection/outcome.ts";
import { createOccupancy, type Occupancy } from "../../../ui/live/occupancy.ts";
import type { Look } from "../../../ui/look.ts";
import type { Notices } from "../../../ui/parts/Notices.tsx";
import type { Language } from "../../../ui/words/language.ts";
import { SHOP_WORDS } from "../words/words.ts";
import { untilAnswered } from "./answered.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import { keepAddress } from "./history.ts";
import { tellNews } from "./news.ts";
import { createPayment, type Payment, type PaymentState } from "./payment.ts";
import type { Purchase, PurchaseNews } from "./purchase.ts";
import { createReports, type Reports } from "./report.ts";
import { follow, leavesSeats, type Move, type Screen, showtimeOf } from "./screen.ts";
import { createVisitorSession, followUser } from "./session.ts";
import { createVisits } from "./visits.ts";
import { createPresenceWatch, type PresenceWatch } from "./watch.ts";

export type Mode = "shop" | "kiosk";

/** Answer of `GET /config`. */
export interface ShopConfig {
  cinemaName: string;
  currency: string;
  timeZone: string;
  holdTtlMs: number;
  maxSeatsPerHold: number;
  paymentProvider: string;
  sendsMail: boolean;
  version: string;
}

/** A question that stands in front of the screen. */
export type Question =
  | { ask: "leave"; seats: string[]; target: Screen }
  | { ask: "access"; index: number }
  | { ask: "lost"; reason: "expired" | "evicted"; seats: string[] }
  /** Asked in front of the screen, so that nobody loses their place in a purchase. */
  | { ask: "enter"; how: "login" | "register" };

export interface Shop {
  mode: Mode;
  look: Look;
  notices: Notices;
  api: Api;
  link: Link;
  occupancy: Occupancy;
  catalogue: Catalogue;
  payment: Payment;
  presence: PresenceWatch;
  config: ReadonlySignal<ShopConfig | null>;
  screen: ReadonlySignal<Screen>;
  question: ReadonlySignal<Question | null>;
  purchase: ReadonlySignal<Purchase | null>;
  /** Whoever buys at home; null at a kiosk, where nobody signs in. */
  customer: CustomerSession | null;
  /** Of a kiosk, about itself; null at home. */
  reports: Reports | null;
  /** Whether what needs the server can be done now. */
  able: ReadonlySignal<boolean>;
  go(move: Move): void;
  /** Goes to a screen from outside: the address bar. */
  goTo(screen: Screen): void;
  askAccess(index: number): void;
  askEnter(how: "login" | "register"): void;
  /** Puts the question away without doing anything. */
  dismiss(): void;
  /** Gives the seats up and goes where the visitor wanted to. */
  leave(): void;
  /** From the attract screen: the visit begins, in this language. */
  begin(language: Language): void;
  /** The visit is over: everything of it is given back and forgotten. */
  endVisit(): void;
  enrol(code: string): Promise<Outcome<object>>;
  /** Reads what the app needs and shows the first screen. Rejects when the server makes no sense. */
  start(): Promise<void>;
}

interface ShopDeps {
  mode: Mode;
  look: Look;
  notices: Notices;
}

/** Lists are read again this often: showtimes begin and end. */
const REFRESH_MS = 5 * 60_000;

export function createShop({ mode, look, notices }: ShopDeps): Shop {
  const config = signal<ShopConfig | null>(null);
  const screen = signal<Screen>({ at: "starting" });
  const question = signal<Question | null>(null);
  const purchase = signal<Purchase | null>(null);

  const { session, device, customer } = createVisitorSession(mode, () => say("sessionEnded"));
  const api = createApi({ token: session.token, renew: session.renew });
  const link = createLink({ token: session.ready, renew: session.renew, manual: device !== null });
  const visits = createVisits(link);
  const occupancy = createOccupancy(link);
  const catalogue = createCatalogue({ api, occupancy, timeZone: () => look.place.peek().timeZone });
  const payment = createPayment({ api });
  const presence = createPresenceWatch(() => endVisit());
  const isLinked = () => link.status.peek().status === "live";
  const version = () => config.peek()?.version;
  const hasToken = () => session.token() !== null;
  const reports = device && createReports({ api, version, hasToken, isLinked });

  function say(text: "newsUnreachable" | "orderMissing" | "paymentRuns" | "sessionEnded", tone?: "bad"): void {
    notices.say(SHOP_WORDS[look.language.peek()][text], tone);
  }

  function tell(news: PurchaseNews): void {
    const paying = payment.status.peek().state !== "ready";
    if (news.news === "lost") {
      const showtimeId = showtimeOf(screen.peek());
      if (paying || showtimeId === null) return;
      question.value = { ask: "lost", reason: news.reason === "evicted" ? "evicted" : "expired", seats: news.seats };
      show({ at: "seats", showtimeId });
      return;
    }
    tellNews(news, notices, look);
    if (news.news !== "closed" || paying) return;
    show({ at: "films" });
    void catalogue.refresh();
  }

  function show(next: Screen): void {
    const showtimeId = showtimeOf(next);
    const current = purchase.peek();
    if (current && current.showtimeId !== showtimeId) {
      current.close();
      purchase.value = null;
    }
    screen.value = next;
    if (showtimeId !== null && purchase.peek() === null) void openPurchase(showtimeId);
    if (next.at === "order" && !isShown(payment.status.peek(), next.orderId)) void openOrder(next.orderId);
  }

  async function openPurchase(showtimeId: string): Promise<void> {
    payment.reset();
    try {
      const { createPurchase } = await import("./purchase.ts");
      if (showtimeOf(screen.peek()) !== showtimeId || purchase.peek() !== null) return;
      const { ticketTypes, showtime: findShowtime } = catalogue;
      purchase.value = createPurchase({ api, link, showtimeId, ticketTypes, findShowtime, tell });
    } catch {
      say("newsUnreachable", "bad");
      show({ at: "films" });
    }
  }

  async function openOrder(orderId: string): Promise<void> {
    if (await payment.resume(orderId)) return;
    say("orderMissing");
    show({ at: "films" });
  }

  function goTo(target: Screen): void {
    const { state } = payment.status.peek();
    if (state === "sending" || state === "waiting") {
      say("paymentRuns");
      return;
    }
    const seats = (purchase.peek()?.lines.peek() ?? []).map((line) => line.seat.id);
    if (leavesSeats(screen.peek(), target) && seats.length > 0) {
      question.value = { ask: "leave", seats, target };
      return;
    }
    if (target.at === "film" && catalogue.film(target.filmId) === null) {
      show({ at: "films" });
      return;
    }
    const needsSeats = (target.at === "tickets" || target.at === "pay") && seats.length === 0;
    arrive(needsSeats ? { at: "seats", showtimeId: target.showtimeId } : target);
  }

  function arrive(target: Screen): void {
    if (target.at === "attract") endVisit();
    else turnTo(target);
  }

  /** News of the screen before would only stand in front of the next. */
  function turnTo(next: Screen): void {
    if (next.at !== screen.peek().at) notices.clear();
    show(next);
  }

  function leave(): void {
    const asked = question.peek();
    if (asked?.ask !== "leave") return;
    question.value = null;
    void purchase.peek()?.desk.clear();
    arrive(asked.target);
  }

  async function start(): Promise<void> {
    const [stored] = await Promise.all([untilAnswered(() => api.get<ShopConfig>("/config")), customer?.start()]);
    if (!stored.ok) throw new Error(`no configuration: ${stored.code}`);
    config.value = stored.body;
    look.place.value = { timeZone: stored.body.timeZone, currency: stored.body.currency };
    document.title = stored.body.cinemaName;
    const ready = device ? await visits.next(device) : true;
    await catalogue.refresh();
    setInterval(() => void catalogue.refresh(), REFRESH_MS);
    if (mode === "kiosk") show({ at: ready ? "attract" : "enrol" });
    else keepAddress({ screen, goTo });
  }

  function endVisit(): void {
    question.value = null;
    presence.pause();
    payment.reset();
    notices.clear();
    look.reset();
    show({ at: device ? "attract" : "films" });
    if (!device) return;
    device.forgetVisit();
    void catalogue.refresh();
    void visits.next(device).then((ready) => {
      if (!ready) show({ at: "enrol" });
    });
  }

  customer?.user.subscribe(followUser(look, link.restart));
  if (reports) payment.status.subscribe(reports.paying);
  effect(() => {
    const paid = payment.status.value;
    if (paid.state === "confirmed" && screen.peek().at === "pay") turnTo({ at: "order", orderId: paid.order.id });
  });
  effect(() => {
    const { at } = screen.value;
    const { state } = payment.status.value;
    const expectsTouch = at === "films" || at === "film" || at === "seats" || at === "tickets" || at === "pay";
    if (device && expectsTouch && state !== "sending" && state !== "waiting") presence.start();
    else presence.pause();
  });

  return {
    mode,
    look,
    notices,
    api,
    link,
    occupancy,
    catalogue,
    payment,
    presence,
    config,
    screen,
    question,
    purchase,
    customer,
    reports,
    able: computed(() => !visits.between.value && link.status.value.status === "live"),
    go: (move) => goTo(follow(screen.peek(), move)),
    goTo,
    askAccess(index) {
      question.value = { ask: "access", index };
    },
    askEnter(how) {
      question.value = { ask: "enter", how };
    },
    dismiss() {
      question.value = null;
    },
    leave,
    begin(language) {
      look.language.value = language;
      show({ at: "films" });
    },
    endVisit,
    start,
    async enrol(code) {
      if (!device) return { ok: true };
      const enrolled = await device.enrol(code);
      if (!enrolled.ok) return enrolled;
      if (await visits.next(device)) show({ at: "attract" });
      return { ok: true };
    },
  };
}

/** Whether an order stands on the screen already. */
function isShown(payment: PaymentState, orderId: string): boolean {
  return payment.state === "confirmed" && payment.order.id === orderId;
}
