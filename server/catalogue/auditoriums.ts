import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Auditorium, Seat } from "../protocol/resources.ts";
import type { AuditoriumInput, AuditoriumPatch } from "../schemas/auditoriums.ts";
import { type AuditoriumDoc, auditoriums, showtimes } from "../store/collections.ts";
import { parseChart } from "./chart.ts";
import {
  type Change,
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type PageRequest,
  type Updated,
} from "./documents.ts";
import { type Layouts, sameSeats } from "./layouts.ts";
import { named } from "./names.ts";

export interface Auditoriums {
  documents: Documents<AuditoriumDoc>;
  /** A chart that cannot be read is `invalid_request` on `chart`, see `parseChart`. */
  create(input: AuditoriumInput, id?: string): Promise<Outcome<{ document: AuditoriumDoc }>>;
  /**
   * As `create`. Other seats make a new version of the layout: showtimes that are not drafts keep theirs, drafts
   * get it by the schedule's `followChart`.
   */
  update(id: string, ifVersion: number | null, input: AuditoriumPatch): Promise<Updated<AuditoriumDoc>>;
  /** `in_use` while a showtime is in it. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** By name. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<AuditoriumDoc>>>;
  /** With the seats of its chart as it is now. */
  view(document: AuditoriumDoc): Promise<Auditorium>;
}

/** Charts begin at this version of their layout. */
const FIRST_LAYOUT = 1;

const IN_USE = refuse("in_use", "Showtimes are in this auditorium");

export function createAuditoriums(deps: CommonDeps & { layouts: Layouts }): Auditoriums {
  const { layouts, ...common } = deps;
  const documents = createDocuments({ ...common, collection: auditoriums, noun: "auditorium" });

  /** The version under which an auditorium has these seats. Versions that others wrote meanwhile are left out. */
  async function versionFor({ id, layoutVersion }: AuditoriumDoc, seats: readonly Seat[]): Promise<number> {
    const now = await layouts.ofAuditorium(id, layoutVersion);
    if (sameSeats(now.seats, seats)) return layoutVersion;
    let version = layoutVersion + 1;
    while (!(await layouts.keep(id, version, seats))) version += 1;
    return version;
  }

  async function changeOf(auditorium: AuditoriumDoc, input: AuditoriumPatch): Promise<Outcome<Change<AuditoriumDoc>>> {
    const name = input.name === undefined ? {} : named(input.name);
    const { chart } = input;
    if (chart === undefined) return { ok: true, patch: { set: name } };
    const read = parseChart(chart);
    if (!read.ok) return read;
    const layoutVersion = await versionFor(auditorium, read.seats);
    return { ok: true, patch: { set: { ...name, chart, layoutVersion } } };
  }

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

    update: (id, ifVersion, input) => documents.update(id, ifVersion, (auditorium) => changeOf(auditorium, input)),

    remove: (id, ifVersion) =>
      documents.remove(id, ifVersion, {
        inUse: async () =>
          (await deps.store.collection(showtimes).findOne({ auditoriumId: id })) === null ? null : IN_USE,
      }),

    list: (page) => documents.list({ ...page, query: { nameKey: { gte: "" } } }),

    async view({ nameKey: _, leaving: _leaving, layoutVersion, ...auditorium }) {
      const { seats } = await layouts.ofAuditorium(auditorium.id, layoutVersion);
      return { ...auditorium, capacity: seats.length, seats: [...seats] };
    },
  };
}
