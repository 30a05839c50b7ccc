import type { Document } from "./document.ts";
import type { Permission } from "./people.ts";

export type DeviceKind = "kiosk" | "box-office" | "scanner";

/**
 * What a device may do follows from its kind. That kiosks may buy is not a permission: they buy for their customers.
 * Who gives a device its code hands these permissions on, and needs them.
 */
export const DEVICE_PERMISSIONS: Readonly<Record<DeviceKind, readonly Permission[]>> = {
  kiosk: [],
  "box-office": [],
  scanner: ["tickets:check"],
};

export interface Device extends Document {
  name: string;
  kind: DeviceKind;
  status: "waiting" | "active" | "revoked";
  lastSeenAt?: string;
  /** Of the app that runs on it, as it says. */
  appVersion?: string;
  /** As it last said, at `lastSeenAt` or before. */
  health?: DeviceHealth;
  /** Only in the answer that made the code; good until `enrolmentExpiresAt`. */
  enrolmentCode?: string;
  enrolmentExpiresAt?: string;
}

/** Parts of a device that can fail on their own. What a device does not have, it does not speak of. */
export const DEVICE_PARTS = ["link", "printer", "paper", "payment"] as const;
/** `warning`: it works, and somebody should look soon. `unknown`: it has it, and can't tell how it is (yet). */
export const PART_STATES = ["ok", "warning", "failed", "unknown"] as const;
export type DeviceHealth = Partial<Record<(typeof DEVICE_PARTS)[number], (typeof PART_STATES)[number]>>;
