import { type CommonDeps, createDocuments, type Updated } from "../catalogue/documents.ts";
import type { Settings } from "../protocol/resources.ts";
import type { SettingsInput } from "../schemas/settings.ts";
import { type SettingsDoc, settings } from "../store/collections.ts";

/** The settings of the house, one document. */
export interface HouseSettings {
  /** As they are in the ledger now. */
  read(): Promise<SettingsDoc>;
  /** At most a second old, and never older than a change made through this object: for what every hold asks. */
  recent(): Promise<SettingsDoc>;
  /** Changes what is given, leaves the rest. `ifVersion` null: whatever the version is. */
  update(input: SettingsInput, ifVersion: number | null): Promise<Updated<SettingsDoc>>;
  /** With `all`, everything; else what everyone may see. */
  view(document: SettingsDoc, all: boolean): Settings;
}

const HOUSE = "house";
/** How long another server's change may go unnoticed by `recent`. */
const RECENT_MS = 1000;

/** A house nobody has set up yet: sells until a little after the start, like most box offices. */
const DEFAULTS = {
  cinemaName: "Cinema",
  legalName: "",
  taxId: "",
  address: "",
  /** Cinema tickets in Spain. */
  vatRate: 10,
  guestCancelMinutes: 120,
  /** Minutes before the start; below 0 after it: trailers run for a quarter of an hour. */
  salesEndMinutes: { web: -15, kiosk: -15, "box-office": -30 },
};

export function createSettings(deps: CommonDeps): HouseSettings {
  const documents = createDocuments({ ...deps, collection: settings, noun: "house" });
  let cached: { document: SettingsDoc; readAt: number } | null = null;

  async function read(): Promise<SettingsDoc> {
    const document = (await documents.get(HOUSE)) ?? (await begin());
    cached = { document, readAt: performance.now() };
    return document;
  }

  /** Two servers may begin at once: whoever is second reads what the first wrote. */
  async function begin(): Promise<SettingsDoc> {
    await documents.create(HOUSE, DEFAULTS);
    const document = await documents.get(HOUSE);
    if (document === null) throw new Error("the settings of the house are missing");
    return document;
  }

  return {
    read,
    recent: async () =>
      cached !== null && performance.now() - cached.readAt < RECENT_MS ? cached.document : await read(),

    async update({ salesEndMinutes, ...input }, ifVersion) {
      await read();
      const updated = await documents.update(HOUSE, ifVersion, async (house) => ({
        ok: true,
        patch: { set: { ...input, salesEndMinutes: { ...house.salesEndMinutes, ...salesEndMinutes } } },
      }));
      cached = null;
      return updated;
    },

    view({ id: _, createdAt: _created, updatedAt: _updated, ...house }, all) {
      return all ? house : { version: house.version, cinemaName: house.cinemaName, address: house.address };
    },
  };
}
