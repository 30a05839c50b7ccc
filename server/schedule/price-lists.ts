import { newId } from "../basics/ids.ts";
import {
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type PageRequest,
  type Updated,
} from "../catalogue/documents.ts";
import { named } from "../catalogue/names.ts";
import { patchOf } from "../catalogue/patches.ts";
import type { TicketTypes } from "../catalogue/ticket-types.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { PriceList } from "../protocol/resources.ts";
import type { PriceListInput, PriceListPatch } from "../schemas/price-lists.ts";
import { type PriceListDoc, priceLists, showtimes } from "../store/collections.ts";
import type { Calendar } from "./calendar.ts";
import { listFaults, type Priced, pricesBy } from "./price-rules.ts";

/** Named lists of prices, from which showtimes take theirs. What a list says later changes no showtime. */
export interface PriceLists {
  documents: Documents<PriceListDoc>;
  /** `invalid_request` names a ticket type that does not exist, and a rule that an earlier one leaves nothing to. */
  create(input: PriceListInput, id?: string): Promise<Outcome<{ document: PriceListDoc }>>;
  /** As `create`. Showtimes keep the prices that they were given. */
  update(id: string, ifVersion: number | null, input: PriceListPatch): Promise<Updated<PriceListDoc>>;
  /** `in_use` while a showtime has its prices from it. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** By name. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<PriceListDoc>>>;
  /** What seats cost by a list when something starts then. `invalid_request` on `startsAt`: it does not count that day. */
  quote(list: PriceListDoc, showing: { startsAt: string; attributes: readonly string[] }): Priced;
  view(document: PriceListDoc): PriceList;
}

export interface PriceListsDeps extends CommonDeps {
  ticketTypes: TicketTypes;
  calendar: Calendar;
}

const IN_USE = refuse("in_use", "Showtimes have their prices from this list");

export function createPriceLists({ ticketTypes, calendar, ...common }: PriceListsDeps): PriceLists {
  const documents = createDocuments({ ...common, collection: priceLists, noun: "price list" });

  /** Ticket types that are found stay from now on. */
  async function unknownTypes({ rules }: Pick<PriceListDoc, "rules">): Promise<FieldError[]> {
    const faults = await ticketTypes.documents.faultsOf(
      "rules",
      rules.map(({ ticketTypeId }) => ticketTypeId),
    );
    return faults.map(({ path, message }) => ({ path: `${path}.ticketTypeId`, message }));
  }

  async function judge(list: Parameters<typeof listFaults>[0]): Promise<Refusal | null> {
    return refusalOf([...(await unknownTypes(list)), ...listFaults(list)]);
  }

  const confirm = async (list: PriceListDoc) => refusalOf(await unknownTypes(list));

  return {
    documents,

    async create({ name, ...input }, id = newId("prl")) {
      const fault = await judge(input);
      return fault ?? documents.create(id, { ...input, ...named(name), ...typesOf(input.rules) }, confirm);
    },

    update: (id, ifVersion, { name, ...input }) =>
      documents.update(id, ifVersion, async (list) => {
        const { set, unset = [] } = patchOf<PriceListDoc>(input);
        const after = { ...list, ...set, ...Object.fromEntries(unset.map((field) => [field, undefined])) };
        const fault = await judge(after);
        if (fault !== null) return fault;
        const more = { ...(name !== undefined && named(name)), ...(input.rules && typesOf(input.rules)) };
        return { ok: true, patch: { set: { ...set, ...more }, unset }, confirm };
      }),

    remove: (id, ifVersion) =>
      documents.remove(id, ifVersion, {
        inUse: async () =>
          (await common.store.collection(showtimes).findOne({ priceListId: id })) === null ? null : IN_USE,
      }),

    list: (page) => documents.list({ ...page, query: { nameKey: { gte: "" } } }),

    quote: (list, { startsAt, attributes }) => pricesBy(list, calendar.shown(startsAt), attributes),

    view: ({ nameKey: _, ticketTypeIds: _types, leaving: _leaving, ...list }) => list,
  };
}

function typesOf(rules: PriceListDoc["rules"]): Pick<PriceListDoc, "ticketTypeIds"> {
  return { ticketTypeIds: [...new Set(rules.map(({ ticketTypeId }) => ticketTypeId))] };
}

function refusalOf(errors: FieldError[]): Refusal | null {
  return errors.length === 0 ? null : refuse("invalid_request", "The price list is not valid", { errors });
}
