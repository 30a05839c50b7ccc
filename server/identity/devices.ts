import { createHash } from "node:crypto";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { newId, randomText } from "../basics/ids.ts";
import { createDocuments, type DocumentPage, type PageRequest } from "../catalogue/documents.ts";
import type { Outcome } from "../protocol/errors.ts";
import type { Device, DeviceKind } from "../protocol/resources.ts";
import { type DeviceDoc, devices as deviceCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { Revocations } from "./revocations.ts";
import type { Sessions } from "./sessions.ts";

/** Kiosks, box offices and scanners, as whoever manages them sees them. */
export interface Devices {
  list(page: PageRequest): Promise<Outcome<DocumentPage<Device>>>;
  get(id: string): Promise<Device | null>;
  /** A device that waits for its code to be typed in; the code is in this answer and nowhere else. */
  create(wanted: { name: string; kind: DeviceKind }, actor: Actor): Promise<Outcome<{ device: Device }>>;
  update(
    id: string,
    ifVersion: number | null,
    wanted: { name: string },
    actor: Actor,
  ): Promise<Outcome<{ device: Device }>>;
  /** Its tokens and sockets die within 5 s, for good. The document stays, orders name it. Safe to repeat. */
  revoke(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>>;
}

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

export function createDevices({ store, clock, audit, sessions, revocations }: DevicesDeps): Devices {
  const documents = createDocuments({ store, clock, collection: deviceCollection, noun: "device" });

  async function create(wanted: { name: string; kind: DeviceKind }, actor: Actor) {
    const code = randomText(CODE_LENGTH, CODE_ALPHABET);
    const codeExpiresAt = clock.now() + CODE_LIFE_MS;
    const fields = { ...wanted, status: "waiting", codeHash: hashCode(code), codeExpiresAt } as const;
    const created = await documents.create(newId("dev"), fields);
    if (!created.ok) return created;
    const device = toDevice(created.document);
    const details = { kind: wanted.kind };
    await audit.record({ ...actorOf(actor), action: "device.create", subject: device.id, outcome: "done", details });
    const enrolmentCode = `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
    return { ok: true as const, device: { ...device, enrolmentCode } };
  }

  async function update(id: string, ifVersion: number | null, { name }: { name: string }, actor: Actor) {
    const renamed = await documents.update(id, ifVersion, async () => ({ ok: true, patch: { set: { name } } }));
    if (!renamed.ok) return renamed;
    await audit.record({ ...actorOf(actor), action: "device.update", subject: id, outcome: "done" });
    return { ok: true as const, device: toDevice(renamed.document) };
  }

  async function revoke(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>> {
    const patch = { set: { status: "revoked" as const }, unset: ["codeHash", "codeExpiresAt"] as const };
    const revoked = await documents.update(id, ifVersion, async () => ({ ok: true, patch }));
    if (!revoked.ok) return revoked;
    await revocations.revoke("device", id);
    await sessions.endAllOf(id);
    await audit.record({ ...actorOf(actor), action: "device.revoke", subject: id, outcome: "done" });
    return { ok: true };
  }

  return {
    async list(page) {
      const listed = await documents.list({ query: { createdAt: { gte: "" } }, ...page });
      return listed.ok ? { ...listed, items: listed.items.map(toDevice) } : listed;
    },
    async get(id) {
      const device = await documents.get(id);
      return device === null ? null : toDevice(device);
    },
    create,
    update,
    revoke,
  };
}

/** A code may be typed in any case, with or without the dash. */
export function hashCode(code: string): string {
  const typed = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return createHash("sha256").update(typed).digest("base64url");
}

/** A device as clients see it. */
export function toDevice({ id, version, createdAt, updatedAt, name, kind, status, lastSeenAt }: DeviceDoc): Device {
  const device: Device = { id, version, createdAt, updatedAt, name, kind, status };
  if (lastSeenAt !== undefined) device.lastSeenAt = lastSeenAt;
  return device;
}
