import { describe, expect, it } from "vitest";
import { findKeysOf, isWanted, nameCondition, orderWanted } from "../../server/booking/order-search.ts";
import type { OrderDoc } from "../../server/store/collections.ts";

const order = {
  number: "K7M-4RF",
  customerId: "usr_ana",
  lines: [{ seatId: "F7" }, { seatId: "AA12" }],
  contact: { name: "José Núñez", email: "Jose@Example.test" },
  film: { id: "flm_1", title: "El día de la bestia" },
} as OrderDoc;

describe("[K97] a purchase is found by what its buyer says", () => {
  it.each([
    ["k7m 4rf", { by: "number", number: "K7M-4RF" }],
    ["K7M4RF", { by: "number", number: "K7M-4RF" }],
    [" Ana@Example.test ", { by: "email", email: "ana@example.test" }],
    ["f7", { by: "seat", seatId: "F7" }],
    ["aa 12", { by: "seat", seatId: "AA12" }],
    ["Núñez  José", { by: "name", words: ["nunez", "jose"] }],
    ["  ", null],
  ])("%s", (typed, wanted) => {
    expect(orderWanted(typed)).toEqual(wanted);
  });

  it.each(["k7m4rf", "jose@example.TEST", "f7", "AA12", "nunez", "DIA DE", "jose best"])("%s finds it", (typed) => {
    const wanted = orderWanted(typed);
    expect(wanted !== null && isWanted(order, wanted)).toBe(true);
  });

  it.each(["k7m4rt", "ose@example.test", "F17", "A12", "perez", "unez"])("%s does not", (typed) => {
    const wanted = orderWanted(typed);
    expect(wanted !== null && isWanted(order, wanted)).toBe(false);
  });

  it("the longest word narrows the most; keys are address, film and beginnings of words", () => {
    expect(nameCondition(["el", "bestia"])).toEqual({ key: "best", isWhole: true });
    expect(nameCondition(["el"])).toEqual({ key: "el", isWhole: false });
    expect(nameCondition([])).toBeNull();
    const keys = ["@jose@example.test", "flm_1", "jose", "nune", "el", "dia", "de", "la", "best"];
    expect(findKeysOf(order).sort()).toEqual(keys.sort());
  });
});
