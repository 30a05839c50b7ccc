import type { DeviceKind, Permission } from "../protocol/resources.ts";

/** Classes of token. One is never accepted where another is meant. */
export type TokenClass = "guest" | "customer" | "staff" | "device";

/** Who is asking, as proved by a token. */
export interface Principal {
  class: TokenClass;
  /** Owns holds and orders; stays the same through renewals, and through a guest's sign-in. */
  sessionId: string;
  /** The user or device; a guest's is the session itself. */
  subjectId: string;
  userId?: string;
  /** The device itself, or the box-office device that a clerk signed in on. */
  deviceId?: string;
  deviceKind?: DeviceKind;
  permissions: ReadonlySet<Permission>;
  /** Of the token, in seconds since 1970 as in its `exp`. */
  expiresAt: number;
}

/** Whether this caller may hold seats and buy: guests, customers, kiosks and staff who sell. */
export function mayBuy(principal: Principal): boolean {
  switch (principal.class) {
    case "guest":
    case "customer":
      return true;
    case "device":
      return principal.deviceKind === "kiosk";
    case "staff":
      return principal.permissions.has("sell");
  }
}

/** What an order of this caller is booked under. */
export function channelOf(principal: Principal): "web" | "kiosk" | "box-office" {
  switch (principal.class) {
    case "guest":
    case "customer":
      return "web";
    case "device":
      return "kiosk";
    case "staff":
      return "box-office";
  }
}
