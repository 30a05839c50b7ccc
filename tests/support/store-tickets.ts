/** The made-up collection that stores are tested with. */
import type { Collection, CollectionSpec, Store, Stored } from "../../server/store/port.ts";

export interface OpenedStore {
  store: Store;
  /** The same data through another opening, as a second server has it. */
  again(): Promise<Store>;
  /** Closes all and deletes the data. */
  cleanUp(): Promise<void>;
}

export interface Ticket extends Stored {
  show?: string;
  seats?: string[];
  claims?: string[];
  number?: string;
  at?: number;
  series?: string;
  seq?: number;
  open?: boolean;
  note?: unknown;
}

export const tickets: CollectionSpec<Ticket> = {
  name: "tickets",
  indexes: {
    claims: { fields: ["claims"], unique: true },
    number: { fields: ["number"], unique: true },
    receipt: { fields: ["series", "seq"], unique: true },
    at: { fields: ["at"] },
    show: { fields: ["show", "at"] },
    seats: { fields: ["seats", "at"] },
    open: { fields: ["open", "show", "at"] },
  },
};
/** The same documents without the unique index, for negative controls. */
export const unguarded: CollectionSpec<Ticket> = { name: "unguarded", indexes: { claims: { fields: ["claims"] } } };

/** Opens an empty store with its box of tickets. */
export type Start = () => Promise<OpenedStore & { box: Collection<Ticket> }>;
