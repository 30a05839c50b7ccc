import { isDeepStrictEqual } from "node:util";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type Change, type CommonDeps, createDocuments, type Updated } from "../catalogue/documents.ts";
import { patchOf } from "../catalogue/patches.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Price } from "../protocol/resources.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import type { ShowtimePatch } from "../schemas/showtimes.ts";
import { MapUnavailable, type SeatMap } from "../seatmap/port.ts";
import { bookings, type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Patch } from "../store/port.ts";
import { blocksOf, type Place, placeOf } from "./place.ts";
import type { PriceLists } from "./price-lists.ts";
import { createShowtimeRules, ticketTypesOf } from "./rules.ts";

/** What becomes of a showtime after it was scheduled. */
export interface ShowtimeChanges {
  /**
   * Changes what is given. `invalid_request` and `schedule_conflict` as when it is scheduled. `in_use`: what can't
   * be changed any more (the auditorium once it is no draft, the film once it has orders, back to a draft).
   * `showtime_closed`: it is cancelled, which is final. `priceListId` makes the prices anew, also by the same list;
   * nothing else does. Cancelling frees the auditorium and leaves orders as they are.
   */
  update(id: string, ifVersion: number | null, input: ShowtimePatch): Promise<Updated<ShowtimeDoc>>;
  /** `in_use` once it has orders, and while seats are held. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** Gives the drafts in an auditorium the seats of its chart as it is now. Safe to repeat. */
  followChart(auditoriumId: string): Promise<void>;
}

export interface ShowtimeChangesDeps extends CommonDeps {
  catalogue: Catalogue;
  priceLists: PriceLists;
  /** One that loads what it does not know. */
  map: Pick<SeatMap, "counts">;
  /** Builds the map of a showtime anew. */
  reload(showtimeId: string): Promise<void>;
}

const NEXT: Readonly<Record<ShowtimeStatus, readonly ShowtimeStatus[]>> = {
  draft: ["on-sale", "closed", "cancelled"],
  "on-sale": ["closed", "cancelled"],
  closed: ["on-sale", "cancelled"],
  cancelled: [],
};

const FINAL = refuse("showtime_closed", "A cancelled showtime stays as it is");
const NO_DRAFT = refuse("in_use", "A showtime that has been shown does not become a draft again");
const ROOM_FIXED = refuse("in_use", "Its seats have been shown: the auditorium stays");
const FILM_FIXED = refuse("in_use", "It has orders: the film stays");
const HAS_ORDERS = refuse("in_use", "It has orders");
const HAS_HOLDS = refuse("in_use", "Seats of it are held, being paid or blocked");

/** Bookings looked at for one that is an order: others are the rare traces of checkouts that died. */
const LOOKED_AT = 100;
const PAGE = 500;

export function createShowtimeChanges(deps: ShowtimeChangesDeps): ShowtimeChanges {
  const { store, catalogue } = deps;
  const documents = createDocuments({ ...deps, collection: showtimes, noun: "showtime" });
  const rules = createShowtimeRules(deps);

  async function hasOrders(id: string): Promise<boolean> {
    const found = await store.collection(bookings).find({ showtimeId: id }, { limit: LOOKED_AT });
    return found.some(({ kind }) => kind === "order");
  }

  /** Everything that a change needs to hold, and what to write. */
  async function judge(showtime: ShowtimeDoc, input: ShowtimePatch): Promise<Outcome<Change<ShowtimeDoc>>> {
    const wanted = differences(showtime, input);
    if (Object.keys(wanted).length === 0) return { ok: true, patch: {} };
    const patch = patchOf<ShowtimeDoc>(wanted);
    const after = { ...showtime, ...patch.set };
    const judged = await rules.judge({
      ...after,
      priceListId: wanted.priceListId ?? undefined,
      layoutId: wanted.auditoriumId ? undefined : showtime.layoutId,
    });
    if (!judged.ok) return judged;
    const { prices } = judged;
    const forbidden = await forbids(showtime, wanted);
    if (forbidden !== null) return forbidden;

    const place = isMove(wanted) ? placeOf(after.startsAt, judged.film.durationMinutes) : null;
    const needsRoom = after.status !== "cancelled" && (place !== null || wanted.status !== undefined);
    const conflict = async () =>
      needsRoom ? rules.conflict(showtime.id, after.auditoriumId, place ?? showtime) : null;
    const inTheWay = await conflict();
    if (inTheWay !== null) return inTheWay;
    const parts = [
      patch,
      { set: { layoutId: judged.layoutId } },
      placing(showtime, after, place),
      pricing(showtime, wanted, prices),
    ];
    return {
      ok: true,
      patch: {
        set: Object.assign({}, ...parts.map(({ set }) => set)),
        unset: parts.flatMap(({ unset = [] }) => unset),
      },
      confirm: async () => (await conflict()) ?? (await rules.pointsAtNothing({ ...after, prices })),
    };
  }

  /** What a showtime is too far along for. */
  async function forbids({ id, status }: ShowtimeDoc, wanted: ShowtimePatch): Promise<Refusal | null> {
    if (status === "cancelled") return FINAL;
    if (wanted.status !== undefined && !NEXT[status].includes(wanted.status)) return NO_DRAFT;
    if (status === "draft") return null;
    if (wanted.auditoriumId !== undefined) return ROOM_FIXED;
    return wanted.filmId !== undefined && (await hasOrders(id)) ? FILM_FIXED : null;
  }

  /** Gives up the place that a showtime moved away from; it was kept so that the move could be taken back. */
  async function leaveOldPlace(showtime: ShowtimeDoc): Promise<ShowtimeDoc> {
    if (showtime.blocks === undefined || isDeepStrictEqual(showtime.blocks, blocksOf(showtime))) return showtime;
    const left = await documents.update(showtime.id, null, async (now) => ({
      ok: true,
      patch: now.blocks === undefined ? {} : { set: { blocks: blocksOf(now) } },
    }));
    return left.ok ? left.document : showtime;
  }

  /** Gives a draft the seats of its auditorium now. Answers its version before and after, null when it had them. */
  async function refit(id: string): Promise<{ from: number; to: number } | null> {
    let from = 0;
    const refitted = await documents.update(id, null, async (showtime) => {
      from = showtime.version;
      const auditorium = await catalogue.auditoriums.documents.get(showtime.auditoriumId);
      if (showtime.status !== "draft" || auditorium === null) return { ok: true, patch: {} };
      const layout = await catalogue.layouts.ofAuditorium(auditorium.id, auditorium.layoutVersion);
      return { ok: true, patch: { set: { layoutId: layout.id } } };
    });
    return refitted.ok && refitted.changed ? { from, to: refitted.document.version } : null;
  }

  return {
    async update(id, ifVersion, input) {
      const before = await documents.get(id);
      // The last moment for the seats to follow the chart, and for the map to be of these seats.
      const opens = before?.status === "draft" && input.status !== undefined && input.status !== "draft";
      const refitted = opens ? await refit(id) : null;
      if (opens) await deps.reload(id);
      const expected = refitted !== null && ifVersion === refitted.from ? refitted.to : ifVersion;
      const updated = await documents.update(id, expected, (showtime) => judge(showtime, input));
      if (!updated.ok) return updated.code === "duplicate" ? wantedTime(before, input) : updated;
      if (before !== null && before.layoutId !== updated.document.layoutId && !opens) await deps.reload(id);
      return { ...updated, document: await leaveOldPlace(updated.document) };
    },

    remove: (id, ifVersion) =>
      documents.remove(id, ifVersion, {
        // So that nobody begins to hold seats while it is looked at.
        meanwhile: ({ status }) => (status === "on-sale" ? { set: { status: "closed" } } : {}),
        async inUse({ status }) {
          // The map first: what is being paid there becomes an order here.
          const [counts] = status === "draft" ? [] : await deps.map.counts([id]);
          if (await hasOrders(id)) return HAS_ORDERS;
          return counts && counts.available < counts.capacity ? HAS_HOLDS : null;
        },
      }),

    async followChart(auditoriumId) {
      let last: string | undefined;
      for (;;) {
        const drafts = await store.collection(showtimes).find({ status: "draft" }, { limit: PAGE, after: last });
        for (const { id, ...draft } of drafts) {
          if (draft.auditoriumId !== auditoriumId || (await refit(id)) === null) continue;
          await deps.reload(id).catch(unlessUnavailable);
        }
        last = drafts.at(-1)?.id;
        if (drafts.length < PAGE) return;
      }
    },
  };
}

/** What a change would really change; null stands for an optional field that goes. */
function differences(showtime: ShowtimeDoc, input: ShowtimePatch): ShowtimePatch {
  const fields = Object.entries(input).filter(([field, value]) => {
    const now = showtime[field as keyof ShowtimePatch];
    // A list that is named again may say something else by now.
    const isAskedAgain = field === "priceListId" && value !== null;
    return value !== undefined && (isAskedAgain || !isDeepStrictEqual(now ?? null, value));
  });
  return Object.fromEntries(fields);
}

function isMove({ startsAt, filmId, auditoriumId }: ShowtimePatch): boolean {
  return startsAt !== undefined || filmId !== undefined || auditoriumId !== undefined;
}

/**
 * The place that a showtime moves to: none when it is cancelled. In the same auditorium it keeps the one before until
 * the move is sure.
 */
function placing(before: ShowtimeDoc, after: ShowtimeDoc, place: Place | null): Patch<ShowtimeDoc> {
  const { blocks: taken, ...times } = place ?? { blocks: [] };
  if (after.status === "cancelled") return { set: times, unset: ["blocks"] };
  if (place === null) return {};
  const { blocks = [], auditoriumId } = before;
  const old = auditoriumId === after.auditoriumId ? blocks : [];
  return { set: { ...times, blocks: [...new Set([...taken, ...old])] } };
}

/** Prices as they are from now on: made by a list, or given, and then no list's any more. */
function pricing({ status, ticketTypeIds }: ShowtimeDoc, wanted: ShowtimePatch, prices: Price[]): Patch<ShowtimeDoc> {
  const isByList = typeof wanted.priceListId === "string";
  if (wanted.prices === undefined && !isByList) return {};
  const types = ticketTypesOf(prices, status === "draft" ? [] : ticketTypeIds);
  const unset: (keyof ShowtimeDoc & string)[] = isByList ? [] : ["priceListId"];
  return types.ticketTypeIds === undefined
    ? { set: { prices }, unset: [...unset, "ticketTypeIds"] }
    : { set: { prices, ...types }, unset };
}

/** What a showtime was asked to be at, for the message of a conflict that the index found. */
function wantedTime(before: ShowtimeDoc | null, { startsAt }: ShowtimePatch): Refusal {
  return refuse("schedule_conflict", `The auditorium is taken at ${startsAt ?? before?.startsAt}`);
}

/** The map follows when it is there again: at the latest when the draft goes on sale. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof MapUnavailable)) throw error;
}
