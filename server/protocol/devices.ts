import type { Document } from "./document.ts";

export type DeviceKind = "kiosk" | "box-office" | "scanner";

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
/** `warning`: it works, and somebody should look soon. */
export const PART_STATES = ["ok", "warning", "failed"] as const;
export type DeviceHealth = Partial<Record<(typeof DEVICE_PARTS)[number], (typeof PART_STATES)[number]>>;
