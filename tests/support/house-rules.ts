/** Who may call what: the house's own table, apart from what the routes and events say themselves. */
import { PERMISSIONS, type Permission } from "../../server/protocol/resources.ts";

/** Who asks: nobody, every class of token, a member of staff of every built-in role, and one per permission. */
export const CLASSES = ["nobody", "guest", "customer", "kiosk", "box-office", "scanner"] as const;
export const ROLES = ["admin", "manager", "clerk"] as const;
export type Caller = (typeof CLASSES)[number] | (typeof ROLES)[number] | Permission;
export const CALLERS: readonly Caller[] = [...CLASSES, ...ROLES, ...PERMISSIONS];

const CLERK: ReadonlySet<Permission> = new Set(["sell", "orders:read", "seats:details", "tickets:check"]);
const NOT_FOR_MANAGERS: ReadonlySet<Permission> = new Set(["users:write", "roles:write", "audit:read"]);

/** The house's own words, apart from what the code says. */
function holds(who: Caller, permission: Permission): boolean {
  if (who === "admin") return true;
  if (who === "manager") return !NOT_FOR_MANAGERS.has(permission);
  if (who === "clerk") return CLERK.has(permission);
  return who === permission || (who === "scanner" && permission === "tickets:check");
}
export const isStaff = (who: Caller) => !(CLASSES as readonly string[]).includes(who);
export const isDevice = (who: Caller) => who === "kiosk" || who === "box-office" || who === "scanner";
const mayBuy = (who: Caller) => who === "guest" || who === "customer" || who === "kiosk" || holds(who, "sell");

/** Whom a route or an event is for. Several permissions: all of them. */
export type Guard =
  | "public"
  | "anybody"
  | "buyers"
  | "people"
  | "people and guests"
  | "devices"
  | readonly Permission[];

export function isFor(guard: Guard, who: Caller): boolean {
  if (guard === "public") return true;
  if (who === "nobody") return false;
  switch (guard) {
    case "anybody":
      return true;
    case "buyers":
      return mayBuy(who);
    case "people":
      return who === "customer" || isStaff(who);
    case "people and guests":
      return who === "guest" || who === "customer" || isStaff(who);
    case "devices":
      return isDevice(who);
    default:
      return guard.every((permission) => holds(who, permission));
  }
}

type Row = readonly [guard: Guard, methods: string, path: string];

/** What everybody may read, and some may change. */
const shown = (permission: Permission, path: string): Row[] => [
  ["public", "GET", path],
  ["public", "GET", `${path}/:id`],
  [[permission], "POST", path],
  [[permission], "PATCH DELETE", `${path}/:id`],
];
/** What only those may read who may change it. */
const managed = (permission: Permission, path: string): Row[] => [
  [[permission], "GET POST", path],
  [[permission], "GET PATCH DELETE", `${path}/:id`],
];

/** Every route and whom it is for. A route that is not here fails its test. */
const ROUTES: readonly Row[] = [
  ["public", "GET", "/openapi.json"],
  ["public", "GET", "/config"],
  ["public", "GET", "/receipt.css"],
  ["public", "POST", "/auth/guest"],
  ["public", "POST", "/auth/register"],
  ["public", "POST", "/auth/login"],
  ["public", "POST", "/auth/refresh"],
  ["public", "POST", "/auth/logout"],
  ["public", "POST PUT", "/auth/password-reset"],
  ["public", "POST", "/auth/device"],
  ["devices", "POST", "/auth/device/visit"],
  ["public", "GET", "/auth/sessions"],
  ["people", "GET PATCH DELETE", "/me"],
  ["people", "PUT", "/me/password"],
  ["people", "GET", "/me/orders"],
  ["people", "GET", "/me/export"],
  ...managed("users:write", "/users"),
  [["users:write"], "POST", "/users/:id/password-link"],
  ...managed("roles:write", "/roles"),
  ...managed("devices:write", "/devices"),
  [["devices:write"], "POST", "/devices/:id/enrolment-code"],
  ["devices", "PUT", "/devices/me/health"],
  [["audit:read"], "GET", "/audit"],
  [["audit:read"], "GET", "/audit/verify"],
  ...shown("catalogue:write", "/genres"),
  ...shown("catalogue:write", "/films"),
  [["catalogue:write"], "PUT DELETE", "/films/:id/genres/:genreId"],
  [["catalogue:write"], "GET", "/films/export"],
  [["catalogue:write"], "POST", "/films/import"],
  ...shown("catalogue:write", "/auditoriums"),
  ...shown("catalogue:write", "/ticket-types"),
  ...managed("showtimes:write", "/price-lists"),
  [["showtimes:write"], "POST", "/price-lists/:id/quote"],
  ...shown("showtimes:write", "/showtimes"),
  ["public", "GET", "/showtimes/:id/seats"],
  [["showtimes:write"], "POST", "/showtimes/check"],
  [["showtimes:write"], "POST", "/showtimes/copy"],
  [["seats:block"], "GET PUT DELETE", "/showtimes/:id/blocks"],
  ["public", "GET", "/settings"],
  [["settings:write"], "PUT PATCH", "/settings"],
  [["orders:read"], "GET", "/orders"],
  ["buyers", "POST", "/orders"],
  ["people and guests", "POST", "/orders/lookup"],
  ["anybody", "GET", "/orders/:id"],
  [["orders:read", "sell"], "PATCH", "/orders/:id"],
  ["anybody", "POST", "/orders/:id/cancel"],
  ["anybody", "POST", "/orders/:id/refunds"],
  ["anybody", "POST", "/orders/:id/exchange"],
  ["anybody", "GET", "/orders/:id/receipt"],
  [["tickets:check"], "POST", "/tickets/check-in"],
  [["tickets:check"], "GET", "/tickets/revocations"],
  [["reports:read"], "GET", "/reports/occupancy"],
  [["reports:read"], "GET", "/reports/sales"],
  ["public", "POST", "/payments/webhooks/:provider"],
];
export const GUARDS = new Map(
  ROUTES.flatMap(([guard, methods, path]) => methods.split(" ").map((method) => [`${method} /api/v1${path}`, guard])),
);

/** Every event and whom it is for, with a payload that is well formed. */
export const EVENTS: Readonly<Record<string, readonly [guard: Guard, payload: object]>> = {
  "showtime:join": ["anybody", { showtimeId: "sht_nothing" }],
  "showtime:leave": ["anybody", { showtimeId: "sht_nothing" }],
  "seats:hold": ["buyers", { requestId: "request-1", showtimeId: "sht_nothing", seats: ["A1"] }],
  "seats:best": ["buyers", { requestId: "request-4", showtimeId: "sht_nothing", count: 2 }],
  "hold:extend": ["buyers", { requestId: "request-2", showtimeId: "sht_nothing" }],
  "seats:release": ["buyers", { requestId: "request-3", showtimeId: "sht_nothing" }],
  "hold:resume": ["buyers", { showtimeId: "sht_nothing" }],
  "occupancy:watch": ["anybody", {}],
  "seats:watch-details": [["seats:details"], { showtimeId: "sht_nothing" }],
};
