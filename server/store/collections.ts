/**
 * Every collection of the ledger: the type of its documents and its indexes, one file per part of the house.
 *
 * Times are RFC 3339 in UTC, except deadlines (names ending in `At` with a number): milliseconds.
 * Must never import anything but the store port and `protocol`.
 */

import { bookings, checkIns, idempotency } from "./collections/books.ts";
import { auditoriums, films, genres, layouts, ticketTypes } from "./collections/catalogue.ts";
import { audit, installation } from "./collections/house.ts";
import {
  deviceReports,
  devices,
  erasures,
  keys,
  passwordCodes,
  revocations,
  roles,
  sessions,
  shownOrders,
  users,
} from "./collections/people.ts";
import { priceLists, settings, showtimes } from "./collections/schedule.ts";

export * from "./collections/books.ts";
export * from "./collections/catalogue.ts";
export * from "./collections/house.ts";
export * from "./collections/people.ts";
export * from "./collections/schedule.ts";

/** Every collection there is; adapters create indexes from it, backups walk it. */
export const COLLECTIONS = [
  genres,
  films,
  auditoriums,
  layouts,
  ticketTypes,
  priceLists,
  showtimes,
  settings,
  bookings,
  checkIns,
  idempotency,
  roles,
  users,
  passwordCodes,
  erasures,
  shownOrders,
  devices,
  deviceReports,
  sessions,
  revocations,
  keys,
  audit,
  installation,
] as const;
