import type { AuditEntry } from "../audit/audit.ts";
import type { Principal } from "./principal.ts";

/** Who changes something, and from where. */
export interface Actor {
  principal: Principal;
  address: string;
}

/** Who is at the door: a token if they brought one, and where they are. */
export interface Visitor {
  principal: Principal | null;
  address: string;
}

/** The who and where of an audit row. */
export function actorOf({ principal, address }: Visitor): Pick<AuditEntry, "actor" | "from"> {
  const actor =
    principal === null ? { kind: "nobody", id: address } : { kind: principal.class, id: principal.subjectId };
  return { actor, from: address };
}
