import { createHash } from "node:crypto";
import type { Audit } from "../audit/audit.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { newId, randomText } from "../basics/ids.ts";
import { createDocuments, type DocumentPage, type PageRequest } from "../catalogue/documents.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { DEVICE_PERMISSIONS, type Device, type DeviceHealth, type DeviceKind } from "../protocol/resources.ts";
import {
  type DeviceDoc,
  type DeviceReportDoc,
  devices as deviceCollection,
  deviceReports as reportCollection,
} from "../store/collections.ts";
import type { Collection, Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { Revocations } from "./revocations.ts";
import { mayGrant, TOO_MUCH } from "./roles.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Kiosks, box offices and scanners, as whoever manages them sees them. A code hands on what devices of that kind may
 * do, so nobody makes one who may not do it (`forbidden`); renaming and taking out is for all who manage devices.
 */
export interface Devices {
  list(page: PageRequest): Promise<Outcome<DocumentPage<Device>>>;
  get(id: string): Promise<Device | null>;
  /** A device that waits for its code to be typed in; the code is in this answer and nowhere else. */
  create(wanted: { name: string; kind: DeviceKind }, actor: Actor): Promise<Changed>;
  /** Another code, in the place of any before: for a device that was set up anew. `revoked` when it was taken out for good. */
  renewCode(id: string, ifVersion: number | null, actor: Actor): Promise<Changed>;
  update(id: string, ifVersion: number | null, wanted: { name?: string | undefined }, actor: Actor): Promise<Changed>;
  /** Its tokens and sockets die within 5 s, for good. The document stays, orders name it. Safe to repeat. */
  revoke(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>>;
  /** What a device says of itself, and that it was seen. */
  report(id: string, said: DeviceHealth & { appVersion?: string | undefined }): Promise<void>;
}

type Changed = Outcome<{ device: Device }>;

export interface DevicesDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  sessions: Sessions;
  revocations: Revocations;
}

/** Nothing that sounds or looks like another: no B or 8, I, L or 1, O or 0, S or 5, U or V, Z or 2. */
const CODE_ALPHABET = "ACDEFGHJKMNPQRTWXY34679";
/** 23^8: 36 bits against guesses that have to wait, for ten minutes. */
const CODE_LENGTH = 8;
const CODE_LIFE_MS = 10 * 60 * 1000;

const GONE = refuse("revoked", "This device was taken out for good, add it anew");

export function createDevices({ store, clock, audit, sessions, revocations }: DevicesDeps): Devices {
  const documents = createDocuments({ store, clock, collection: deviceCollection, noun: "device" });
  const reports = store.collection(reportCollection);

  async function shown(device: DeviceDoc): Promise<Device> {
    return toDevice(device, await reports.get(device.id));
  }

  function newCode() {
    const code = randomText(CODE_LENGTH, CODE_ALPHABET);
    const codeExpiresAt = clock.now() + CODE_LIFE_MS;
    const enrolmentCode = `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
    return {
      stored: { codeHash: hashCode(code), codeExpiresAt },
      shown: { enrolmentCode, enrolmentExpiresAt: timestamp(codeExpiresAt) },
    };
  }

  async function note(action: string, subject: string, actor: Actor, details?: Record<string, unknown>) {
    await audit.record({ ...actorOf(actor), action, subject, outcome: "done", ...(details && { details }) });
  }

  async function create(wanted: { name: string; kind: DeviceKind }, actor: Actor): Promise<Changed> {
    if (!mayGrant(actor, DEVICE_PERMISSIONS[wanted.kind])) return TOO_MUCH;
    const code = newCode();
    const created = await documents.create(newId("dev"), { ...wanted, status: "waiting", ...code.stored });
    if (!created.ok) return created;
    await note("device.create", created.document.id, actor, { kind: wanted.kind });
    return { ok: true, device: { ...toDevice(created.document, null), ...code.shown } };
  }

  async function renewCode(id: string, ifVersion: number | null, actor: Actor): Promise<Changed> {
    const code = newCode();
    const renewed = await documents.update(id, ifVersion, async ({ kind, status }) => {
      if (!mayGrant(actor, DEVICE_PERMISSIONS[kind])) return TOO_MUCH;
      return status === "revoked" ? GONE : { ok: true, patch: { set: code.stored } };
    });
    if (!renewed.ok) return renewed;
    await note("device.code", id, actor);
    return { ok: true, device: { ...(await shown(renewed.document)), ...code.shown } };
  }

  async function update(id: string, ifVersion: number | null, { name }: { name?: string | undefined }, actor: Actor) {
    const set = name === undefined ? {} : { name };
    const renamed = await documents.update(id, ifVersion, async () => ({ ok: true, patch: { set } }));
    if (!renamed.ok) return renamed;
    if (renamed.changed) await note("device.update", id, actor, { name });
    return { ok: true as const, device: await shown(renamed.document) };
  }

  async function revoke(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>> {
    const patch = { set: { status: "revoked" as const }, unset: ["codeHash", "codeExpiresAt"] as const };
    const revoked = await documents.update(id, ifVersion, async () => ({ ok: true, patch }));
    if (!revoked.ok) return revoked;
    await revocations.revoke("device", id);
    await sessions.endAllOf(id);
    if (revoked.changed) await note("device.revoke", id, actor);
    return { ok: true };
  }

  return {
    async list(page) {
      const listed = await documents.list({ query: { createdAt: { gte: "" } }, ...page });
      if (!listed.ok) return listed;
      const said = await reports.getMany(listed.items.map(({ id }) => id));
      const byId = new Map(said.map((report) => [report.id, report]));
      return { ...listed, items: listed.items.map((device) => toDevice(device, byId.get(device.id) ?? null)) };
    },
    async get(id) {
      const device = await documents.get(id);
      return device && shown(device);
    },
    create,
    renewCode,
    update,
    revoke,
    async report(id, { appVersion, ...health }) {
      await see(reports, id, { seenAt: timestamp(clock.now()), appVersion, health });
    },
  };
}

/** Writes what is known of a device now. Fields that are left out stay as they are. */
export async function see(
  reports: Collection<DeviceReportDoc>,
  id: string,
  report: Omit<DeviceReportDoc, "id" | "version">,
): Promise<void> {
  const inserted = await reports.insert({ id, ...report });
  if (!inserted.ok) await reports.update(id, {}, { set: report });
}

/** A code may be typed in any case, with or without the dash. */
export function hashCode(code: string): string {
  const typed = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return createHash("sha256").update(typed).digest("base64url");
}

/** A device as clients see it. */
export function toDevice(
  { id, version, createdAt, updatedAt, name, kind, status, lastSeenAt }: DeviceDoc,
  report: DeviceReportDoc | null,
): Device {
  const { seenAt = lastSeenAt, appVersion, health } = report ?? {};
  return {
    ...{ id, version, createdAt, updatedAt, name, kind, status },
    ...(seenAt && { lastSeenAt: seenAt }),
    ...(appVersion && { appVersion }),
    ...(health && { health }),
  };
}
