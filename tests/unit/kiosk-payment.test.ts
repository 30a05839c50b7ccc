import { describe, expect, it, vi } from "vitest";
import { createPayment, refused, standing } from "../../kiosk/src/state/payment.ts";
import type { CheckoutRequest, Order } from "../../server/protocol/resources.ts";
import type { ErrorCode } from "../../ui/connection/outcome.ts";

const request: CheckoutRequest = {
  showtimeId: "sht_1",
  hold: "hld_1",
  lines: [{ seatId: "A1", ticketTypeId: "tty_1" }],
  payment: { method: "card" },
};
const order = (status: Order["status"]) =>
  ({ id: "ord_1", status, payment: {}, createdAt: "2026-11-21T20:00:00Z" }) as unknown as Order;
const refusal = (code: ErrorCode) => ({ ok: false as const, code, message: "" });
const answer = (status: Order["status"]) => ({ ok: true as const, status: 200, body: order(status) });

function payment(posts: unknown[], gets: unknown[] = []) {
  let now = 0;
  const post = vi.fn(async (_path: string, _body: unknown, _options?: { idempotencyKey?: string }) => posts.shift());
  const get = vi.fn(async () => {
    // The real one holds its answer; without any wait the test would never let go of the processor.
    await new Promise((done) => setTimeout(done, 1));
    return gets.shift() ?? answer("pending");
  });
  const created = createPayment({
    api: { post, get } as never,
    now: () => now,
    pause: async (ms) => {
      now += ms;
    },
  });
  const keys = () => post.mock.calls.map(([, , options]) => options?.idempotencyKey);
  return { payment: created, post, keys };
}

describe("paying", () => {
  it("[K22] an approved card ends with the order", async () => {
    const { payment: paying } = payment([answer("pending")], [answer("pending"), answer("confirmed")]);
    await paying.pay(request);
    expect(paying.status.value).toMatchObject({ state: "confirmed", order: { id: "ord_1" } });
  });

  it("[K23] an answer that got lost is asked for again with the same key, so that nothing is paid twice", async () => {
    const posts = [refusal("unavailable"), refusal("idempotency_in_progress"), answer("confirmed")];
    const { payment: paying, keys } = payment(posts);
    await paying.pay(request);
    expect(paying.status.value.state).toBe("confirmed");
    expect(keys()).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
  });

  it("[K23] when the outcome stays open the buyer may press again: still the same payment", async () => {
    const posts = Array.from({ length: 122 }, () => refusal("unavailable"));
    const { payment: paying, keys } = payment([...posts, answer("confirmed")]);
    await paying.pay(request);
    expect(paying.status.value).toEqual({ state: "ready", problem: "unreachable" });
    await paying.pay(request);
    expect(new Set(keys()).size).toBe(1);
  });

  it("[K24] a declined card leaves the seats; the next try is a new payment", async () => {
    const { payment: paying, keys } = payment([answer("declined"), answer("confirmed")]);
    await paying.pay(request);
    expect(paying.status.value).toEqual({ state: "ready", problem: "declined" });
    await paying.pay(request);
    expect(paying.status.value.state).toBe("confirmed");
    expect(new Set(keys()).size).toBe(2);
  });

  it("another choice of tickets is another payment", async () => {
    const { payment: paying, keys } = payment([refusal("lines_mismatch"), answer("confirmed")]);
    await paying.pay(request);
    await paying.pay({ ...request, lines: [{ seatId: "A1", ticketTypeId: "tty_2" }] });
    expect(new Set(keys()).size).toBe(2);
  });

  it("[K25] every refusal and every end of an order means something to the buyer", () => {
    expect(refused({ ...refusal("seat_taken"), seats: ["A1"] })).toMatchObject({
      reason: "seats-taken",
      seats: ["A1"],
    });
    expect(refused(refusal("hold_expired"))).toMatchObject({ state: "ended", reason: "expired" });
    expect(refused(refusal("showtime_closed"))).toMatchObject({ state: "ended", reason: "closed" });
    expect(refused(refusal("invalid_request"))).toMatchObject({ state: "ended", reason: "refused" });
    expect(standing(order("expired"), 0)).toMatchObject({ state: "ended", reason: "expired" });
    expect(standing(order("cancelled"), 0)).toMatchObject({ state: "ended", reason: "cancelled" });
    expect(standing(order("refunded"), 0).state).toBe("confirmed");
  });

  it("cancelling gives up a pending order and stops asking", async () => {
    const { payment: paying, post } = payment([answer("pending"), answer("cancelled")]);
    void paying.pay(request);
    await vi.waitFor(() => expect(paying.status.value.state).toBe("waiting"));
    await paying.cancel();
    expect(paying.status.value).toMatchObject({ state: "ended", reason: "cancelled" });
    expect(post).toHaveBeenLastCalledWith("/orders/ord_1/cancel", {});
  });

  it("an order that is not ours leaves nothing under way", async () => {
    const { payment: paying } = payment([], [refusal("unavailable"), refusal("not_found")]);
    expect(await paying.resume("ord_9")).toBe(false);
    expect(paying.status.value).toEqual({ state: "ready" });
  });

  it("a reset forgets everything, whatever is still under way", async () => {
    const { payment: paying } = payment([answer("confirmed")]);
    const going = paying.pay(request);
    paying.reset();
    await going;
    expect(paying.status.value).toEqual({ state: "ready" });
  });
});
