import fc from "fast-check";
import { CompactSign, compactVerify, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { encode } from "uqr";
import { beforeAll, describe, expect, it } from "vitest";
import { createTickets, type Tickets } from "../../server/receipts/tickets.ts";
import { StoreUnavailable } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { aLine, anOrder } from "../support/orders.ts";
import { ticketKeys } from "../support/ticket-keys.ts";

let keys: Awaited<ReturnType<typeof ticketKeys>>;
let tickets: Tickets;
const order = anOrder();

beforeAll(async () => {
  keys = await ticketKeys();
  tickets = createTickets({ keys });
});

const verdict = async (code: string, showtimeId = order.showtimeId) => {
  const outcome = await tickets.verify(code, showtimeId);
  return outcome.ok ? "ok" : outcome.code;
};

async function issueOne(): Promise<string> {
  const [ticket] = await tickets.issue(order);
  return ticket?.code ?? "";
}

describe("issuing", () => {
  it("[T1] makes one ticket per line, the same ones when repeated", async () => {
    const first = await tickets.issue(order);
    expect(first.map(({ seatId }) => seatId)).toEqual(["F7", "F8"]);
    expect(await tickets.issue(structuredClone(order))).toEqual(first);
    for (const { id } of first) expect(id).toMatch(/^tik_[0-9a-z]{20}$/);
    expect(new Set(first.map(({ id }) => id)).size).toBe(2);
  });

  it("[T1] the same seat of another order is another ticket", async () => {
    const [mine] = await tickets.issue(order);
    const [other] = await tickets.issue(anOrder());
    expect(other?.id).not.toBe(mine?.id);
  });

  it("[T2] a code is a JWS that anyone with the public key verifies, and a QR symbol of at most 81 modules", async () => {
    const long = anOrder({ lines: [aLine("AB37", 950, "Jubilación y carné jubilar con acompañante")] });
    const [ticket] = await tickets.issue(long);
    const code = ticket?.code ?? "";
    const { payload, protectedHeader } = await compactVerify(code, (await keys.verification("ticket", "kid-0"))!);
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "ticket+jwt", kid: "kid-0" });
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      sub: ticket?.id,
      sht: long.showtimeId,
      seat: "AB37",
      ord: long.number,
      tty: "Jubilación y carné jubil",
      iat: Date.parse(long.createdAt) / 1000,
    });
    expect(encode(code, { ecc: "M", border: 0 }).size).toBeLessThanOrEqual(81);
  });
});

describe("verifying", () => {
  it("[T3] takes a code at its own showtime only", async () => {
    const code = await issueOne();
    expect(await verdict(code)).toBe("ok");
    expect(await verdict(code, "sht_another")).toBe("wrong_showtime");
  });

  it("[T3] takes codes of older keys", async () => {
    const code = await issueOne();
    await keys.rotate();
    expect(await verdict(code)).toBe("ok");
    expect(await issueOne()).not.toBe(code);
  });

  it("[T4] no code with one bit flipped is taken", async () => {
    const code = await issueOne();
    await fc.assert(
      fc.asyncProperty(fc.nat(code.length - 1), fc.integer({ min: 0, max: 6 }), async (at, bit) => {
        const flipped = String.fromCharCode(code.charCodeAt(at) ^ (1 << bit));
        expect(await verdict(code.slice(0, at) + flipped + code.slice(at + 1))).toBe("invalid_ticket");
      }),
      { numRuns: times(1_000, 10_000, 1_000_000) },
    );
  });

  it("[T4] no other spelling of a good code is taken", async () => {
    const code = await issueOne();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const spellings = Array.from(alphabet, (last) => code.slice(0, -1) + last).filter((other) => other !== code);
    for (const other of [...spellings, `${code}=`, `${code}.`, ` ${code}`, `${code}\n`])
      expect(await verdict(other)).toBe("invalid_ticket");
  });

  it("[T4] whatever text is scanned is judged, never an error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 3000, unit: "binary" }), async (text) => {
        expect(await verdict(text)).toBe("invalid_ticket");
      }),
    );
  });

  it("[T4] nothing that says less or other than a ticket is taken, though our key signed it", async () => {
    const { kid, key } = await keys.signing("ticket");
    const claims = { sub: "tik_1", sht: order.showtimeId, seat: "F7", ord: "K", tty: "Adulto", iat: 1 };
    const sign = (payload: unknown, header: object) =>
      new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "EdDSA", typ: "ticket+jwt", kid, ...header })
        .sign(key);
    expect(await verdict(await sign(claims, {}))).toBe("ok");
    for (const header of [{ typ: "guest+jwt" }, { typ: undefined }, { kid: "nobody" }, { kid: undefined }])
      expect(await verdict(await sign(claims, header))).toBe("invalid_ticket");
    for (const payload of [null, 1, [], "x", { ...claims, sub: 1 }, { ...claims, sht: undefined }])
      expect(await verdict(await sign(payload, {}))).toBe("invalid_ticket");
  });

  it("[T4] no other key or algorithm is taken", async () => {
    const claims = { sub: "tik_1", sht: order.showtimeId, seat: "F7", ord: "K", tty: "Adulto", iat: 1 };
    const { kid } = await keys.signing("ticket");
    const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    const stranger = new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", typ: "ticket+jwt", kid });
    expect(await verdict(await stranger.sign(privateKey))).toBe("invalid_ticket");
    const secret = new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "ticket+jwt", kid });
    expect(await verdict(await secret.sign(Buffer.alloc(32)))).toBe("invalid_ticket");
    expect(await verdict(new UnsecuredJWT(claims).encode())).toBe("invalid_ticket");
  });

  it("[T4] a store that is down is not a bad ticket", async () => {
    const code = await issueOne();
    const down = createTickets({
      keys: { ...keys, verification: () => Promise.reject(new StoreUnavailable("away")) },
    });
    await expect(down.verify(code, order.showtimeId)).rejects.toThrow(StoreUnavailable);
  });
});
