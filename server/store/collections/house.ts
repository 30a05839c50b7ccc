/** What the house writes about itself: the audit and the installation. */
import type { Stored } from "../port.ts";
import { collection } from "./declare.ts";

/** A row of an audit chain; see the audit room. A denial that may still repeat stands outside until its count is final. */
export interface AuditDoc extends Stored {
  chain?: string;
  seq?: number;
  previousHash?: string;
  hash?: string;
  /** Until when repeats of a denial are counted here, or a change that was begun may still end. */
  openUntil?: number;
  at: string;
  actor: { kind: string; id: string };
  /** The id of the actor, to find rows by. */
  actorId: string;
  from?: string;
  action: string;
  subject?: string;
  /** `open`: a change that was begun; the row of one that was never heard of again stays so. */
  outcome: "done" | "denied" | "open";
  count: number;
  details?: Record<string, unknown>;
}
export const audit = collection<AuditDoc>("audit", {
  chain: { fields: ["chain", "seq"], unique: true },
  open: { fields: ["openUntil"] },
  at: { fields: ["at"] },
  subject: { fields: ["subject", "at"] },
  actor: { fields: ["actorId", "at"] },
  actorAction: { fields: ["actorId", "action", "at"] },
  action: { fields: ["action", "at"] },
  outcome: { fields: ["outcome", "at"] },
});

/** Single documents that describe the installation: identity, schema number, leases, flags. */
export interface InstallationDoc extends Stored {
  value: Record<string, unknown>;
}
export const installation = collection<InstallationDoc>("installation");
