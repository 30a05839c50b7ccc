/** The JSON of the HTTP interface, as clients receive it. Times RFC 3339 in UTC, money in integer minor units. */
export * from "./catalogue.ts";
export * from "./devices.ts";
export type { Page } from "./document.ts";
export * from "./orders.ts";
export * from "./people.ts";
export * from "./prices.ts";
export * from "./settings.ts";
export * from "./showtimes.ts";
