import type { Document } from "./document.ts";

export const PERMISSIONS = [
  "catalogue:write",
  "showtimes:write",
  "seats:block",
  "seats:details",
  "sell",
  "orders:read",
  "orders:refund",
  "tickets:check",
  "users:write",
  "roles:write",
  "devices:write",
  "settings:write",
  "reports:read",
  "audit:read",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface Preferences {
  genreIds: string[];
  language: string;
  seating?: string;
}

/** A person; `permissions` says what `GET /me` may do, so that a console shows only that. */
export interface User extends Document {
  name: string;
  email: string;
  roleIds: string[];
  preferences: Preferences;
  status: "active" | "disabled";
  permissions?: Permission[];
}

export interface Role extends Document {
  name: string;
  permissions: Permission[];
  builtIn: boolean;
}

/** Answer of the calls that open a session. */
export interface SessionAnswer {
  token: string;
  expiresAt: string;
}
