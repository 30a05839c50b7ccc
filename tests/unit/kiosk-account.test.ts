import { describe, expect, it } from "vitest";
import { byTime, createPurchases, isPurchase } from "../../kiosk/src/account/state/purchases.ts";
import { faultOf, troubleOf } from "../../kiosk/src/account/state/trouble.ts";
import { fromHash, toHash } from "../../kiosk/src/state/address.ts";
import { byTaste, type FilmOfDay } from "../../kiosk/src/state/catalogue.ts";
import { follow, leavesSeats, type Screen, stepOf } from "../../kiosk/src/state/screen.ts";
import type { Order } from "../../server/protocol/resources.ts";

const account: Screen = { at: "account", page: "tastes" };

describe("[K96] the account has addresses", () => {
  it("that a reload keeps", () => {
    expect(toHash(account)).toBe("#/account/tastes");
    expect(fromHash("#/account/tastes")).toEqual(account);
    for (const hash of ["#/account", "#/account/admin", "#/account/tastes/a/b", "#/account/<b>"])
      expect(fromHash(hash)).toEqual({ at: "films" });
  });

  it("the code of a link is read, and never written", () => {
    const screen = fromHash("#/account/reset/Zk3_-9aB");
    expect(screen).toEqual({ at: "account", page: "reset", code: "Zk3_-9aB" });
    expect(toHash(screen)).toBe("#/account/reset");
  });

  it("going there from a purchase gives its seats up, so it is asked first", () => {
    const pay: Screen = { at: "pay", showtimeId: "sht_1" };
    expect(follow(pay, { to: "account", page: "tastes" })).toEqual(account);
    expect(leavesSeats(pay, account)).toBe(true);
    expect(follow(account, { to: "back" })).toEqual({ at: "films" });
    expect(stepOf(account)).toBeNull();
  });
});

describe("[K93] what one likes", () => {
  const film = (id: string, genreIds: string[]) => ({ film: { id, genreIds }, showtimes: [] }) as unknown as FilmOfDay;
  const films = [film("a", ["drama"]), film("b", ["horror", "comedy"]), film("c", []), film("d", ["comedy"])];
  const ids = (entries: readonly FilmOfDay[]) => entries.map((entry) => entry.film.id).join("");

  it("stands first; within both parts the order stays", () => {
    const { liked, others } = byTaste(films, ["comedy", "thriller"]);
    expect([ids(liked), ids(others)]).toEqual(["bd", "ac"]);
  });

  it("nobody's taste changes nothing", () => {
    expect(ids(byTaste(films, []).others)).toBe("abcd");
  });
});

describe("[K94] purchases", () => {
  const now = Date.parse("2026-11-21T20:00:00Z");
  const order = (startsAt: string, status: Order["status"] = "confirmed") => ({ startsAt, status });

  it("to come stand first, the soonest on top; a film that runs is to come", () => {
    const running = order("2026-11-21T18:00:00Z");
    const tomorrow = order("2026-11-22T18:00:00Z");
    const lastWeek = order("2026-11-14T18:00:00Z");
    const longAgo = order("2025-11-14T18:00:00Z");
    const refunded = order("2026-11-23T18:00:00Z", "refunded");
    const { upcoming, past } = byTime([longAgo, tomorrow, running, refunded, lastWeek], now);
    expect(upcoming).toEqual([running, tomorrow]);
    expect(past).toEqual([refunded, lastWeek, longAgo]);
  });

  it("a try that brought nothing is none", () => {
    const all = ["pending", "confirmed", "declined", "expired", "cancelled", "refunded", "partially-refunded"] as const;
    const bought = all.filter((status) => isPurchase({ status }));
    expect(bought).toEqual(["pending", "confirmed", "refunded", "partially-refunded"]);
  });

  it("come page by page; a page that fails loses none that is there", async () => {
    const one = { id: "ord_1" } as Order;
    const two = { id: "ord_2" } as Order;
    const refused = { ok: false, code: "unavailable", message: "" };
    const page = (items: Order[], nextCursor: string | null) => ({
      ok: true,
      status: 200,
      body: { items, nextCursor },
    });
    const answers = [refused, page([one], "next"), refused, page([two], null)];
    const purchases = createPurchases({ get: async () => answers.shift() } as never);
    await purchases.load();
    expect(purchases.state.value).toEqual({ status: "failed" });
    await purchases.load();
    await purchases.more();
    expect(purchases.state.value).toEqual({ status: "ready", orders: [one], nextCursor: "next" });
    await purchases.more();
    expect(purchases.state.value).toEqual({ status: "ready", orders: [one, two], nextCursor: null });
  });
});

describe("[K95] what is wrong with a form", () => {
  const refusal = (code: "invalid_request" | "duplicate" | "forbidden", path?: string) =>
    troubleOf({ ok: false, code, message: "", ...(path && { errors: [{ path, message: "" }] }) });

  it("is told at its field, in words of ours", () => {
    expect(refusal("invalid_request", "password")).toEqual({ text: "faults", fields: { password: "password" } });
    expect(refusal("invalid_request", "preferences.genreIds.0").fields).toEqual({ "preferences.genreIds.0": "other" });
    expect(refusal("invalid_request", "code").text).toBe("code");
    expect(refusal("duplicate")).toEqual({ text: "duplicate", fields: {} });
    expect(refusal("forbidden").text).toBe("other");
  });

  it("is found before anybody is asked, where the browser can", () => {
    expect(faultOf("email", { valid: true, valueMissing: false })).toBeNull();
    expect(faultOf("email", { valid: false, valueMissing: true })).toBe("missing");
    expect(faultOf("email", { valid: false, valueMissing: false })).toBe("email");
  });
});
