/** Tickets: a signed code per seat that proves itself offline, and what the ledger knows of it beyond that. */
import { createHash } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader } from "jose";
import type { Keys } from "../identity/keys.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { OrderTicket } from "../protocol/resources.ts";
import type { BookedLine, OrderDoc } from "../store/collections.ts";

/**
 * What a code says, under names as short as the QR symbol needs. No end: the showtime is the end, and it may move.
 * - `sub` ticket, `sht` showtime, `seat`, `ord` number of the order, `tty` name of the ticket type (the door sees
 *   a child's ticket as such), `iat` when the order was made, in seconds.
 */
export interface TicketClaims {
  sub: string;
  sht: string;
  seat: string;
  ord: string;
  tty: string;
  iat: number;
}

export interface Tickets {
  /**
   * The tickets of an order, one per line. Safe to repeat: the ids are always the same, and so are the codes while
   * the key is. Does not check the order's state, and writes nothing.
   */
  issue(order: OrderDoc): Promise<OrderTicket[]>;
  /**
   * What a scanner can judge without the ledger: `invalid_ticket` for whatever we did not sign as a ticket,
   * `wrong_showtime` for a good code at another door. Does not know revocations or earlier use.
   */
  verify(code: string, showtimeId: string): Promise<Outcome<{ claims: TicketClaims }>>;
}

/** Says "ticket", so that no other thing we sign can ever pass for one. */
const TYPE = "ticket+jwt";
/** Three parts of base64url, the last one exactly 64 bytes long. */
const SHAPE = /^[\w-]{1,500}\.[\w-]{1,2000}\.[\w-]{86}$/;
/** Characters of a ticket type's name in a code: each one makes the QR symbol denser. */
const TYPE_NAME_MAX = 24;

export function createTickets({ keys }: { keys: Pick<Keys, "signing" | "verification"> }): Tickets {
  return {
    async issue(order) {
      const { kid, key } = await keys.signing("ticket");
      const sign = (claims: TicketClaims) =>
        new CompactSign(Buffer.from(JSON.stringify(claims)))
          .setProtectedHeader({ alg: "EdDSA", typ: TYPE, kid })
          .sign(key);
      return Promise.all(
        order.lines.map(async (line) => {
          const claims = claimsOf(order, line);
          return { id: claims.sub, seatId: line.seatId, code: await sign(claims) };
        }),
      );
    },
    async verify(code, showtimeId) {
      const claims = await readCode(code, keys);
      if (claims === null) return refuse("invalid_ticket", "This is not a ticket of this cinema");
      if (claims.sht !== showtimeId) return refuse("wrong_showtime", "This ticket is for another showtime");
      return { ok: true, claims };
    },
  };
}

function claimsOf(order: OrderDoc, line: BookedLine): TicketClaims {
  return {
    sub: ticketId(order.id, line.seatId),
    sht: order.showtimeId,
    seat: line.seatId,
    ord: order.number,
    tty: Array.from(line.ticketTypeName).slice(0, TYPE_NAME_MAX).join(""),
    iat: Math.floor(Date.parse(order.createdAt) / 1000),
  };
}

/** Looks like any other id, but is the same whenever it is made: 100 bits of a hash. */
function ticketId(orderId: string, seatId: string): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const digest = createHash("sha256").update(`${orderId}:${seatId}`).digest().subarray(0, 20);
  return `tik_${Array.from(digest, (byte) => alphabet[byte % 32]).join("")}`;
}

/** Null for whatever is not, character for character, a code that we signed. */
async function readCode(code: string, keys: Pick<Keys, "verification">): Promise<TicketClaims | null> {
  if (!SHAPE.test(code) || !endsCanonically(code)) return null;
  const kid = keyIdOf(code);
  const key = kid === null ? null : await keys.verification("ticket", kid);
  if (key === null) return null;
  try {
    const { payload } = await compactVerify(code, key, { algorithms: ["EdDSA"] });
    return toClaims(JSON.parse(Buffer.from(payload).toString()));
  } catch {
    return null;
  }
}

function keyIdOf(code: string): string | null {
  try {
    const { typ, kid } = decodeProtectedHeader(code);
    return typ === TYPE && typeof kid === "string" ? kid : null;
  } catch {
    return null;
  }
}

/** The last character carries 4 bits that decoding drops: without this a code would have 16 spellings. */
function endsCanonically(code: string): boolean {
  const signature = code.slice(-86);
  return Buffer.from(signature, "base64url").toString("base64url") === signature;
}

function toClaims(payload: unknown): TicketClaims | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { sub, sht, seat, ord, tty, iat } = payload as Record<string, unknown>;
  if (typeof sub !== "string" || typeof sht !== "string" || typeof seat !== "string") return null;
  if (typeof ord !== "string" || typeof tty !== "string" || typeof iat !== "number") return null;
  return { sub, sht, seat, ord, tty, iat };
}
