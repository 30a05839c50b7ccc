import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { TicketType } from "../protocol/resources.ts";
import type { TicketTypeInput, TicketTypePatch } from "../schemas/ticket-types.ts";
import { priceLists, showtimes, type TicketTypeDoc, ticketTypes } from "../store/collections.ts";
import {
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type PageRequest,
  type Updated,
} from "./documents.ts";
import { named } from "./names.ts";

export interface TicketTypes {
  documents: Documents<TicketTypeDoc>;
  create(input: TicketTypeInput, id?: string): Promise<Outcome<{ document: TicketTypeDoc }>>;
  /** What is sold already keeps the name that it was sold under. */
  update(id: string, ifVersion: number | null, input: TicketTypePatch): Promise<Updated<TicketTypeDoc>>;
  /** `in_use` while a showtime or a price list has a price for it, or a showtime had one since it left the draft. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** In their order. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<TicketTypeDoc>>>;
  view(document: TicketTypeDoc): TicketType;
}

const IN_USE = refuse("in_use", "Showtimes have prices for this ticket type");
const LISTED = refuse("in_use", "A price list has prices for this ticket type");

export function createTicketTypes(deps: CommonDeps): TicketTypes {
  const documents = createDocuments({ ...deps, collection: ticketTypes, noun: "ticket type" });

  async function inUse(id: string) {
    if ((await deps.store.collection(showtimes).findOne({ ticketTypeIds: id })) !== null) return IN_USE;
    return (await deps.store.collection(priceLists).findOne({ ticketTypeIds: id })) === null ? null : LISTED;
  }

  return {
    documents,
    create: ({ name, order, active }, id = newId("tty")) => documents.create(id, { ...named(name), order, active }),
    update: (id, ifVersion, { name, ...input }) =>
      documents.update(id, ifVersion, async () => ({
        ok: true,
        patch: { set: { ...input, ...(name !== undefined && named(name)) } },
      })),
    remove: (id, ifVersion) => documents.remove(id, ifVersion, { inUse: ({ id }) => inUse(id) }),
    list: (page) => documents.list({ ...page, query: { order: { gte: 0 } } }),
    view: ({ nameKey: _, leaving: _leaving, ...ticketType }) => ticketType,
  };
}
