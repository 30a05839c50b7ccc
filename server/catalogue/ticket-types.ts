import { newId } from "../basics/ids.ts";
import type { Outcome } from "../protocol/errors.ts";
import type { TicketType } from "../protocol/resources.ts";
import type { TicketTypeInput } from "../schemas/ticket-types.ts";
import { type TicketTypeDoc, ticketTypes } from "../store/collections.ts";
import { type CommonDeps, createDocuments, type DocumentPage, type Documents, type PageRequest } from "./documents.ts";
import { named } from "./names.ts";

export interface TicketTypes {
  documents: Documents<TicketTypeDoc>;
  create(input: TicketTypeInput, id?: string): Promise<Outcome<{ document: TicketTypeDoc }>>;
  /** In their order. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<TicketTypeDoc>>>;
  view(document: TicketTypeDoc): TicketType;
}

export function createTicketTypes(deps: CommonDeps): TicketTypes {
  const documents = createDocuments({ ...deps, collection: ticketTypes, noun: "ticket type" });
  return {
    documents,
    create: ({ name, order, active }, id = newId("tty")) => documents.create(id, { ...named(name), order, active }),
    list: (page) => documents.list({ ...page, query: { order: { gte: 0 } } }),
    view: ({ nameKey: _, ...ticketType }) => ticketType,
  };
}
