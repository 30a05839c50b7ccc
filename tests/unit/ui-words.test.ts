import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { followUser } from "../../kiosk/src/state/session.ts";
import type { User } from "../../server/protocol/resources.ts";
import type { Look } from "../../ui/look.ts";
import { en } from "../../ui/words/en.ts";
import { es } from "../../ui/words/es.ts";
import { clockText, createFormats } from "../../ui/words/formats.ts";
import { type Language, preferredLanguage } from "../../ui/words/language.ts";
import { spokenMark } from "../../ui/words/spoken.ts";
import { addDays, dayOf, instantOfDay, showDayOf, showDayStart } from "../../ui/words/zone.ts";

/** Intl separates with spaces that look alike. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("money", () => {
  it("[K1] is written by the language, from integer minor units", () => {
    expect(plain(createFormats("es", "Europe/Madrid", "EUR").money(950))).toBe("9,50 €");
    expect(plain(createFormats("en", "Europe/Madrid", "EUR").money(123_450))).toBe("€1,234.50");
  });

  it("[K1] knows currencies without cents and with three digits", () => {
    expect(plain(createFormats("en", "Asia/Tokyo", "JPY").money(1800))).toBe("JP¥1,800");
    expect(plain(createFormats("en", "Asia/Kuwait", "KWD").money(4500))).toContain("4.500");
  });

  it("[K1] is spoken in words", () => {
    expect(plain(createFormats("en", "Europe/Madrid", "EUR").moneySpoken(950))).toBe("9.50 euros");
    expect(plain(createFormats("es", "Europe/Madrid", "EUR").moneySpoken(950))).toBe("9,50 euros");
  });
});

describe("times", () => {
  it("[K2] are the cinema's, whatever zone the browser sits in", () => {
    const madrid = createFormats("es", "Europe/Madrid", "EUR");
    expect(madrid.time("2026-11-21T19:30:00.000Z")).toBe("20:30");
    expect(madrid.time("2026-07-21T22:05:00.000Z")).toBe("00:05");
    expect(madrid.day("2026-11-21T23:30:00.000Z")).toContain("22 de noviembre");
  });

  it("[K2] calendar days begin at the cinema's midnight, also on days of 23 and 25 hours", () => {
    expect(dayOf(Date.parse("2026-11-21T23:30:00Z"), "Europe/Madrid")).toBe("2026-11-22");
    const hours = (day: string, zone: string) =>
      (instantOfDay(addDays(day, 1), zone) - instantOfDay(day, zone)) / 3_600_000;
    expect(hours("2026-11-21", "Europe/Madrid")).toBe(24);
    expect(hours("2026-03-29", "Europe/Madrid")).toBe(23);
    expect(hours("2026-10-25", "Europe/Madrid")).toBe(25);
    expect(hours("2026-03-08", "America/New_York")).toBe(23);
    expect(new Date(instantOfDay("2026-11-21", "Pacific/Auckland")).toISOString()).toBe("2026-11-20T11:00:00.000Z");
  });

  it("[U67] days of the schedule begin at six by the cinema's clocks, also on days of 23 and 25 hours", () => {
    const zone = "Europe/Madrid";
    const start = (day: string) => new Date(showDayStart(day, zone)).toISOString();
    expect(["2026-11-21", "2026-03-29", "2026-10-25"].map(start)).toEqual([
      ...["2026-11-21T05:00:00.000Z", "2026-03-29T04:00:00.000Z", "2026-10-25T05:00:00.000Z"],
    ]);
    const dayAt = (iso: string) => showDayOf(Date.parse(iso), zone);
    expect(dayAt("2026-11-21T23:30:00Z")).toBe("2026-11-21");
    expect([dayAt("2026-03-29T03:59:59Z"), dayAt("2026-03-29T04:00:00Z")]).toEqual(["2026-03-28", "2026-03-29"]);
    expect([dayAt("2026-10-25T04:59:59Z"), dayAt("2026-10-25T05:00:00Z")]).toEqual(["2026-10-24", "2026-10-25"]);
  });

  it("[K2] a day whose midnight does not exist begins at its first hour", () => {
    expect(new Date(instantOfDay("2026-09-06", "America/Santiago")).toISOString()).toBe("2026-09-06T04:00:00.000Z");
  });

  it("days are added across months and years", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("countdown", () => {
  it("shows whole seconds and is 0 only when the time is over", () => {
    expect(clockText(600_000)).toBe("10:00");
    expect(clockText(59_001)).toBe("1:00");
    expect(clockText(1)).toBe("0:01");
    expect(clockText(-5_000)).toBe("0:00");
  });

  it("[K3] is spoken at two minutes, one minute and thirty seconds, and at no other time", () => {
    const spoken: number[] = [];
    for (let left = 180_000; left > -1_000; left -= 250) {
      const mark = spokenMark(left + 250, left);
      if (mark !== null) spoken.push(mark);
    }
    expect(spoken).toEqual([120, 60, 30]);
  });

  it("[K3] after a pause only what is still true is spoken", () => {
    expect(spokenMark(150_000, 25_000)).toBe(30);
    expect(spokenMark(150_000, 0)).toBeNull();
    expect(spokenMark(25_000, 150_000)).toBeNull();
  });
});

describe("languages", () => {
  it("[K4] the first that the browser likes and we speak; else Spanish", () => {
    expect(preferredLanguage(["fr-FR", "en-US", "es"])).toBe("en");
    expect(preferredLanguage(["es-MX"])).toBe("es");
    expect(preferredLanguage(["fr", "de"])).toBe("es");
    expect(preferredLanguage([])).toBe("es");
  });

  it("[K112] whoever signs in goes on in their own language, whatever its country; in one that we lack, as before", () => {
    const language = signal<Language>("es");
    const follow = followUser({ language } as unknown as Look, () => {});
    const person = (id: string, tag: string) =>
      ({ id, preferences: { genreIds: [], language: tag } }) as unknown as User;
    for (const [tag, spoken] of Object.entries({ "en-GB": "en", fr: "en", "es-MX": "es", en: "en" })) {
      follow(person(`usr_${tag}`, tag));
      expect([tag, language.value]).toEqual([tag, spoken]);
    }
  });

  it("[K5] a seat taken under the finger is told with what is free beside it", () => {
    expect(en.someoneTook("F7", ["F8", "F9"])).toBe("Someone took F7 a moment ago. F8 and F9 are free.");
    expect(en.someoneTook("F7", ["F8"])).toBe("Someone took F7 a moment ago. F8 is free.");
    expect(es.someoneTook("F7", ["F8", "F9"])).toBe("Alguien acaba de coger la F7. F8 y F9 están libres.");
    expect(es.someoneTook("F7", [])).toContain("Elige otra");
  });

  it("[K6] a seat's name says row, number, kind, price and state", () => {
    expect(en.seatName("F", 7, en.kinds.standard, "9.50 euros", en.looks.free)).toBe(
      "Row F, seat 7, standard, 9.50 euros, available",
    );
  });
});
