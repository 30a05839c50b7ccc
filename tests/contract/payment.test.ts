import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../server/basics/ids.ts";
import type { Charge, PaymentProvider } from "../../server/payment/port.ts";
import type { LedgerEntry } from "../../server/payment/simulated/attempts.ts";
import { readCallback, signCallback } from "../../server/payment/simulated/callbacks.ts";
import { createSimulatedClient } from "../../server/payment/simulated/client.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { openProvider, PROVIDER_SECRET, spawnProvider } from "../support/provider.ts";

interface Subject {
  provider: PaymentProvider;
  ledger(): Promise<LedgerEntry[]>;
  /** The callbacks that came so far, as raw bodies with their headers. */
  callbacks: { body: string; headers: Record<string, string | undefined> }[];
  close(): Promise<void>;
}

async function inProcess(): Promise<Subject> {
  const callbacks: Subject["callbacks"] = [];
  const opened = await openProvider({
    deliver: async (callback) => {
      callbacks.push(callback);
    },
  });
  return { provider: opened.provider, ledger: () => opened.provider.ledger(), callbacks, close: opened.close };
}

async function ownProcess(): Promise<Subject> {
  const callbacks: Subject["callbacks"] = [];
  let refusals = 1;
  const cinema = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    // The first one is refused: the provider has to come again.
    if (refusals-- > 0) {
      response.writeHead(503).end();
      return;
    }
    callbacks.push({ body, headers: request.headers as Record<string, string> });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => cinema.listen(0, "127.0.0.1", resolve));
  const callbackUrl = `http://127.0.0.1:${(cinema.address() as AddressInfo).port}/callbacks`;
  const process = await spawnProvider();
  const provider = createSimulatedClient({ url: process.url, secret: PROVIDER_SECRET, callbackUrl });
  return {
    provider,
    ledger: process.ledger,
    callbacks,
    async close() {
      await provider.close();
      await process.close();
      cinema.closeAllConnections();
      cinema.close();
    },
  };
}

function aCharge(token?: string, overrides: Partial<Charge> = {}): Charge {
  const orderId = newId("ord");
  return { attemptId: `${orderId}:1`, orderId, amount: 950, currency: "EUR", windowMs: 2_000, token, ...overrides };
}

describe.each([
  ["in this process", inProcess],
  ["as a process of its own", ownProcess],
])("the simulated provider %s", (_name, open) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());

  const booked = async (attemptId: string) => (await subject.ledger()).find((entry) => entry.attemptId === attemptId);

  it("[P1] knows its cards and no others", () => {
    const tokens = ["sim_approve", "sim_decline", "sim_slow", "sim_silent", "sim_challenge", "sim_late", undefined];
    for (const token of tokens) expect(subject.provider.accepts(token)).toBe(true);
    for (const token of ["", "sim_", "visa", "__proto__", "constructor"])
      expect(subject.provider.accepts(token)).toBe(false);
  });

  it("[P1] captures by default, declines where asked to", async () => {
    expect(await subject.provider.charge(aCharge())).toEqual({ status: "captured", amount: 950, refunded: 0 });
    const declined = aCharge("sim_decline");
    expect(await subject.provider.charge(declined)).toEqual({ status: "declined" });
    expect(await subject.provider.lookup(declined.attemptId)).toEqual({ status: "declined" });
    expect(await subject.provider.lookup("ord_nobody:1")).toEqual({ status: "unknown" });
  });

  it("[P2] one attempt is one capture, however often and however parallel it is charged", async () => {
    for (let round = 0; round < times(3, 25, 200); round++) {
      const charge = aCharge();
      const answers = await Promise.all(Array.from({ length: 20 }, () => subject.provider.charge(charge)));
      for (const answer of answers) expect(answer).toEqual({ status: "captured", amount: 950, refunded: 0 });
      expect(await booked(charge.attemptId)).toMatchObject({ captured: 950, refunded: 0 });
    }
  });

  it("[P3] a cancelled attempt takes no money any more, also when the charge comes after the cancel", async () => {
    const charge = aCharge();
    expect(await subject.provider.cancel(charge.attemptId)).toEqual({ status: "cancelled" });
    expect(await subject.provider.charge(charge)).toEqual({ status: "cancelled" });
    const captured = aCharge();
    await subject.provider.charge(captured);
    expect(await subject.provider.cancel(captured.attemptId)).toMatchObject({ status: "captured" });
    const slow = aCharge("sim_slow");
    expect(await subject.provider.charge(slow)).toEqual({ status: "pending" });
    expect(await subject.provider.cancel(slow.attemptId)).toEqual({ status: "cancelled" });
  });

  it("[P3] of charge and cancel at once, both are told the same end", async () => {
    for (let round = 0; round < times(5, 50, 500); round++) {
      const charge = aCharge();
      const [charged, cancelled] = await Promise.all([
        subject.provider.charge(charge),
        subject.provider.cancel(charge.attemptId),
      ]);
      expect(charged.status).toBe(cancelled.status);
      expect((await booked(charge.attemptId))?.captured).toBe(charged.status === "captured" ? 950 : 0);
    }
  });

  it("[P4] gives back at most what it captured, once per refund id", async () => {
    const charge = aCharge();
    await subject.provider.charge(charge);
    const refund = { refundId: newId("ref"), attemptId: charge.attemptId, amount: 500 };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => subject.provider.refund(refund)));
    for (const answer of answers) expect(answer).toEqual({ status: "captured", amount: 950, refunded: 500 });
    await subject.provider.refund({ ...refund, refundId: newId("ref"), amount: 451 });
    expect(await booked(charge.attemptId)).toMatchObject({ captured: 950, refunded: 500 });
    await subject.provider.refund({ ...refund, refundId: newId("ref"), amount: 450 });
    expect(await booked(charge.attemptId)).toMatchObject({ captured: 950, refunded: 950 });
  });

  it("[P5] a challenge is decided on the provider's page, once, and told by callback", async () => {
    if (open === inProcess) return;
    const returnUrl = "http://127.0.0.1:9/back?order=1";
    const charge = aCharge("sim_challenge", { returnUrl });
    const state = await subject.provider.charge(charge);
    const url = state.status === "pending" ? state.nextAction?.url : undefined;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/pay\//);
    expect(await (await fetch(url as string)).text()).toContain("9.50");
    const decide = (decision: string) =>
      fetch(url as string, { method: "POST", body: new URLSearchParams({ decision }), redirect: "manual" });
    expect((await decide("approve")).status).toBe(303);
    expect(await (await fetch(url as string)).text()).toContain("http://127.0.0.1:9/back");
    await decide("decline");
    expect(await subject.provider.lookup(charge.attemptId)).toMatchObject({ status: "captured" });
    await eventually(() => subject.callbacks.some(({ body }) => body.includes(charge.attemptId)));
  });

  it("[P6] a late approval can't be stopped once it is on its way, and is captured after the window", async () => {
    const late = aCharge("sim_late", { windowMs: 100 });
    expect(await subject.provider.charge(late)).toEqual({ status: "pending" });
    expect(await subject.provider.cancel(late.attemptId)).toEqual({ status: "pending" });
    const early = aCharge("sim_late", { windowMs: 60_000 });
    await subject.provider.charge(early);
    expect(await subject.provider.cancel(early.attemptId)).toEqual({ status: "cancelled" });
    await eventually(async () => (await subject.provider.lookup(late.attemptId)).status === "captured");
    const told = await eventually(() => subject.callbacks.find(({ body }) => body.includes(late.attemptId)));
    expect(subject.provider.readCallback(Buffer.from(told.body), told.headers)).toEqual({ attemptId: late.attemptId });
  });

  it("[P7] a silent charge is never answered, but can be looked up and cancelled", async () => {
    const silent = aCharge("sim_silent");
    const answer = subject.provider.charge(silent).then(
      () => "answered",
      () => "given up",
    );
    await eventually(async () => (await subject.provider.lookup(silent.attemptId)).status === "pending");
    expect(await subject.provider.cancel(silent.attemptId)).toEqual({ status: "cancelled" });
    const soon = new Promise<string>((resolve) => setTimeout(resolve, 50, "nothing"));
    expect(await Promise.race([answer, soon])).toBe("nothing");
  });

  it("[P8] the books balance: every posting has its other side", async () => {
    const sums = { buyers: 0, cinema: 0 };
    let held = 0;
    for (const { captured, refunded, postings } of await subject.ledger()) {
      for (const { account, amount } of postings) sums[account] += amount;
      held += captured - refunded;
    }
    expect(sums.buyers + sums.cinema).toBe(0);
    expect(sums.cinema).toBe(held);
  });
});

describe("callbacks", () => {
  const now = 1_780_000_000_000;
  const { body, headers } = signCallback("secret", "ord_1:1", "captured", now);
  const read = (overrides: object, text = body, at = now, secret = "secret") =>
    readCallback(secret, Buffer.from(text), { ...headers, ...overrides }, at);

  it("[P9] are believed by their signature, for five minutes", () => {
    expect(read({})).toEqual({ attemptId: "ord_1:1" });
    expect(read({}, body, now + 299_000)).toEqual({ attemptId: "ord_1:1" });
    expect(read({}, body, now + 301_000)).toBeNull();
    expect(read({}, body, now - 301_000)).toBeNull();
    expect(read({}, body.replace("ord_1", "ord_2"))).toBeNull();
    expect(read({}, body, now, "another")).toBeNull();
    expect(read({ "simulated-timestamp": String(now + 1) })).toBeNull();
    for (const signature of [undefined, "", "00", "é".repeat(64)])
      expect(read({ "simulated-signature": signature })).toBeNull();
  });
});

describe("the provider's books", () => {
  it("[P8] survive a restart, and what was on its way still comes", async () => {
    const opened = await openProvider();
    try {
      const [done, late] = [aCharge(), aCharge("sim_late", { windowMs: 100 })];
      await opened.provider.charge(done);
      await opened.provider.charge(late);
      const reopened = await opened.reopen();
      expect(await reopened.lookup(done.attemptId)).toEqual({ status: "captured", amount: 950, refunded: 0 });
      await eventually(async () => (await reopened.lookup(late.attemptId)).status === "captured");
    } finally {
      await opened.close();
    }
  });
});
