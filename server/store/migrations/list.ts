/**
 * Every migration, in order. One that has been released is never changed or removed.
 *
 * A store without a number is number 0: made before numbers, or a moment ago.
 */
import { beginningOf, beginningsOf, findKeysOf, indexKey, wordsOf } from "../../basics/fold.ts";
import { audit, bookings, films, SHOWN, showtimes, users } from "../collections.ts";
import { identify } from "../installation.ts";
import type { Collection, Patch, Store, Stored } from "../port.ts";

export interface Migration {
  /** One more than the one before. */
  readonly number: number;
  readonly name: string;
  /** Changes the documents. Safe to repeat: a server may die halfway and the next one begins again. */
  up(store: Store): Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: "every store has an identity",
    up: async (store) => {
      await identify(store);
    },
  },
  {
    number: 2,
    name: "films are found by the words in them, ticket types by the showtimes that price them",
    up: async (store) => {
      await patchAll(store.collection(films), ({ title, originalTitle = "", director = "", status }) => {
        const marks = status === "showing" ? ["", SHOWN] : [""];
        const beginnings = beginningsOf(`${title} ${originalTitle} ${director}`, marks);
        return { titleKey: indexKey(title), ...(beginnings.length > 0 && { beginnings }) };
      });
      await patchAll(store.collection(showtimes), ({ prices = [] }) => {
        const ticketTypeIds = [...new Set(prices.map(({ ticketTypeId }) => ticketTypeId))];
        return ticketTypeIds.length > 0 ? { ticketTypeIds } : {};
      });
    },
  },
  {
    number: 3,
    name: "people are found by name and e-mail",
    up: (store) => patchAll(store.collection(users), ({ name, email }) => ({ findKeys: findKeysOf(name, email) })),
  },
  {
    number: 4,
    name: "audit rows are found by who did it",
    up: (store) => patchAll(store.collection(audit), ({ actor }) => ({ actorId: actor.id })),
  },
  {
    number: 5,
    name: "orders are found by address, film and the words of names",
    up: (store) =>
      patchAll(store.collection(bookings), ({ contact, film }) => {
        if (film === undefined) return {};
        const email = contact?.email === undefined ? [] : [`@${contact.email.trim().normalize("NFC").toLowerCase()}`];
        const words = wordsOf(`${contact?.name ?? ""} ${film.title}`).map(beginningOf);
        return { findKeys: [...new Set([...email, film.id, ...words])] };
      }),
  },
];

const PAGE = 500;

/** Patches every document that was there when it began. */
async function patchAll<D extends Stored>(
  documents: Collection<D>,
  patchOf: (document: D) => Patch<D>["set"],
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page = await documents.find({}, { limit: PAGE, ...(after !== undefined && { after }) });
    await Promise.all(page.map((document) => documents.update(document.id, {}, { set: patchOf(document) })));
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}
