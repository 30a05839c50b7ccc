import type { AuditEntry, Intent } from "../audit/audit.ts";
import type { Principal } from "./principal.ts";

/** Who changes something, and from where. */
export interface Actor {
  principal: Principal;
  address: string;
  /** The change as it was announced. */
  intent?: Intent | undefined;
}

/** Who is at the door: a token if they brought one, and where they are. */
export interface Visitor {
  principal: Principal | null;
  address: string;
  intent?: Intent | undefined;
}

/** The who and where of an audit row, and the change that it tells of where one was announced. */
export function actorOf({ principal, address, intent }: Visitor): Pick<AuditEntry, "actor" | "from" | "intent"> {
  const actor =
    principal === null ? { kind: "nobody", id: address } : { kind: principal.class, id: principal.subjectId };
  return { actor, from: address, ...(intent && { intent }) };
}
