import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Auditorium } from "../protocol/resources.ts";
import type { AuditoriumInput } from "../schemas/auditoriums.ts";
import { type AuditoriumDoc, auditoriums } from "../store/collections.ts";
import { parseChart } from "./chart.ts";
import { type CommonDeps, createDocuments, type DocumentPage, type Documents, type PageRequest } from "./documents.ts";
import type { Layouts } from "./layouts.ts";
import { named } from "./names.ts";

export interface Auditoriums {
  documents: Documents<AuditoriumDoc>;
  /** A chart that cannot be read is `invalid_request` on `chart`, see `parseChart`. */
  create(input: AuditoriumInput, id?: string): Promise<Outcome<{ document: AuditoriumDoc }>>;
  /** By name. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<AuditoriumDoc>>>;
  /** With the seats of its chart as it is now. */
  view(document: AuditoriumDoc): Promise<Auditorium>;
}

/** Charts begin at this version of their layout. */
const FIRST_LAYOUT = 1;

export function createAuditoriums(deps: CommonDeps & { layouts: Layouts }): Auditoriums {
  const { layouts, ...common } = deps;
  const documents = createDocuments({ ...common, collection: auditoriums, noun: "auditorium" });
  return {
    documents,

    async create({ name, chart }, id = newId("aud")) {
      const read = parseChart(chart);
      if (!read.ok) return read;
      const names = named(name);
      if ((await deps.store.collection(auditoriums).findOne({ nameKey: names.nameKey })) !== null)
        return refuse("duplicate", "There is such an auditorium already");
      // The seats first: an auditorium that can be read always has its layout.
      await layouts.keep(id, FIRST_LAYOUT, read.seats);
      return documents.create(id, { ...names, chart, layoutVersion: FIRST_LAYOUT });
    },

    list: (page) => documents.list({ ...page, query: { nameKey: { gte: "" } } }),

    async view({ nameKey: _, layoutVersion, ...auditorium }) {
      const { seats } = await layouts.ofAuditorium(auditorium.id, layoutVersion);
      return { ...auditorium, capacity: seats.length, seats: [...seats] };
    },
  };
}
