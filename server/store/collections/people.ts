/** People, devices, their sessions and the keys that sign for them. */
import type { DeviceHealth, DeviceKind, Permission, Preferences } from "../../protocol/resources.ts";
import type { Stored } from "../port.ts";
import { collection, type Dated } from "./declare.ts";

export interface RoleDoc extends Dated {
  name: string;
  nameKey: string;
  permissions: Permission[];
  builtIn: boolean;
}
export const roles = collection<RoleDoc>("roles", { name: { fields: ["nameKey"], unique: true } });

export interface UserDoc extends Dated {
  name: string;
  email: string;
  emailKey: string;
  /** See `findKeysOf`. */
  findKeys: string[];
  passwordHash: string;
  roleIds?: string[];
  preferences: Preferences;
  status: "active" | "disabled";
}
export const users = collection<UserDoc>("users", {
  email: { fields: ["emailKey"], unique: true },
  role: { fields: ["roleIds"] },
  status: { fields: ["status", "emailKey"] },
  find: { fields: ["findKeys"] },
});

/** Lets its owner choose a new password. Its id is the hash of the code. */
export interface PasswordCodeDoc extends Stored {
  userId: string;
  /** Of the e-mail address and password that it replaces: with either of them gone, the code is over. */
  mark: string;
  expiresAt: number;
}
export const passwordCodes = collection<PasswordCodeDoc>("passwordCodes", {
  user: { fields: ["userId"] },
  expiry: { fields: ["expiresAt"] },
});

/** A user who is being forgotten, under the user's id: written before the user goes, kept until nothing names them. */
export interface ErasureDoc extends Stored {
  at: number;
}
export const erasures = collection<ErasureDoc>("erasures", { at: { fields: ["at"] } });

/** An order shown to a session that knew its number and e-mail. Its id is `<sessionId>:<orderId>`. */
export interface ShownOrderDoc extends Stored {
  forgetAt: number;
}
export const shownOrders = collection<ShownOrderDoc>("shownOrders", { forget: { fields: ["forgetAt"] } });

export interface DeviceDoc extends Dated {
  name: string;
  kind: DeviceKind;
  status: "waiting" | "active" | "revoked";
  /** Hash of the enrolment code, while it can be used. */
  codeHash?: string;
  codeExpiresAt?: number;
  lastSeenAt?: string;
}
export const devices = collection<DeviceDoc>("devices", {
  code: { fields: ["codeHash"], unique: true },
  created: { fields: ["createdAt"] },
});

/** What a device last said of itself, under the device's id: apart, so that its own version counts changes by people. */
export interface DeviceReportDoc extends Stored {
  seenAt: string;
  appVersion?: string;
  health?: DeviceHealth;
}
export const deviceReports = collection<DeviceReportDoc>("deviceReports");

/** A renewable session: what the refresh cookie stands for. Its id is the session's own, as in the tokens. */
export interface SessionDoc extends Stored {
  class: "customer" | "staff" | "device";
  /** The user or device. */
  subjectId: string;
  /** The box-office device that a clerk signed in on. */
  deviceId?: string;
  /** Of the refresh token that is good now. */
  refreshHash: string;
  /** Of those before it, newest first: the newest is accepted for some seconds, the others are a theft. */
  previousHashes?: string[];
  /** Makes the next refresh token out of the one before, so that a repeated renewal gets the same answer. */
  chainKey: string;
  rotatedAt: number;
  /** A kiosk's sessions for one customer each, newest last: the one that runs and those that ended a moment ago. */
  visits?: { sessionId: string; endedAt?: number }[];
  expiresAt: number;
}
export const sessions = collection<SessionDoc>("sessions", {
  refresh: { fields: ["refreshHash"], unique: true },
  previous: { fields: ["previousHashes"] },
  subject: { fields: ["subjectId"] },
  expiry: { fields: ["expiresAt"] },
});

/**
 * A session, user or device whose tokens must not be trusted any more; polled by every server. `rights`: what
 * a user may do changed; tokens stay good, sockets are cut to come back with what they may now.
 */
export interface RevocationDoc extends Stored {
  kind: "session" | "user" | "device" | "rights";
  subjectId: string;
  at: number;
  forgetAt: number;
}
export const revocations = collection<RevocationDoc>("revocations", {
  at: { fields: ["at"] },
  forget: { fields: ["forgetAt"] },
});

/** A signing key, one set per token class. `jwk` is the private key. */
export interface KeyDoc extends Stored {
  use: "guest" | "customer" | "staff" | "device" | "ticket" | "webhook";
  jwk: Record<string, unknown>;
  createdAt: string;
}
export const keys = collection<KeyDoc>("keys", { use: { fields: ["use", "createdAt"] } });
