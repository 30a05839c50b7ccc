import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { parseChart } from "../../server/catalogue/chart.ts";
import { demoAuditoriums, demoFilms, demoGenres } from "../../server/demo/inventory.ts";
import { SHOWN_FILMS } from "../../server/demo/programme.ts";
import { pricesFor } from "../../server/demo/tickets.ts";
import { planDay } from "../../server/demo/week.ts";
import { placeOf } from "../../server/schedule/place.ts";
import { filmInput } from "../../server/schemas/films.ts";

const films = demoFilms();
const minutes = new Map(films.map(({ title, durationMinutes }) => [title, durationMinutes]));
const minutesOf = (title: string) => minutes.get(title) ?? Number.NaN;

describe("[U20] the films of the demo cinema", () => {
  it("are the 300 of the source, each as the catalogue takes it", () => {
    expect(films).toHaveLength(300);
    expect(new Set(films.map(({ title }) => title)).size).toBe(300);
    for (const film of films) expect(filmInput.safeParse(film).error).toBeUndefined();
  });

  it("have no broken accents", () => {
    for (const { title, director = "" } of films)
      for (const text of [title, director]) {
        // Letters of Latin script and the punctuation that titles have; a capital with an accent only where a word begins.
        expect(text).toMatch(/^[\p{Script=Latin}\d .,:;'!?&/()-]+$/u);
        expect(text).not.toMatch(/\p{Ll}[À-ÖØ-Þ]|[ÃÂ][\u0080-\u00bf]|\uFFFD/u);
        expect(text).toBe(text.normalize("NFC").trim());
      }
    const titles = films.map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(["Déjà Vu", "Le Fabuleux Destin d'Amélie Poulain"]));
  });

  it("were released between the first talkies and the source's own day, in the year that their certificate allows", () => {
    for (const { title, releaseDate = "", certificate } of films) {
      expect(releaseDate > "1927" && releaseDate < "2011", `${title} ${releaseDate}`).toBe(true);
      if (certificate === "PG-13") expect(releaseDate >= "1984-07-01", `${title} ${releaseDate}`).toBe(true);
    }
    const year = (title: string) => films.find((film) => film.title === title)?.releaseDate?.slice(0, 4);
    expect(["The Wizard of Oz", "Gone with the Wind", "Good Will Hunting", "The Island"].map(year)).toEqual([
      "1939",
      "1939",
      "1997",
      "2005",
    ]);
  });

  it("last as long as films do", () => {
    for (const { title, durationMinutes } of films)
      expect(durationMinutes >= 81 && durationMinutes <= 240, `${title} ${durationMinutes}`).toBe(true);
    expect(["Walk the Line", "The Fifth Element", "Sleepers", "Meet Joe Black", "Fargo"].map(minutesOf)).toEqual([
      136, 126, 147, 178, 98,
    ]);
  });

  it("24 are on show, with synopsis and language, for every age", () => {
    const shown = films.filter(({ status }) => status === "showing");
    expect(shown).toHaveLength(24);
    expect(SHOWN_FILMS.map(({ title }) => title).filter((title) => !minutes.has(title))).toEqual([]);
    for (const { synopsis, language } of shown) expect((synopsis ?? "").length > 60 && language).toBeTruthy();
    expect(new Set(SHOWN_FILMS.map(({ slot }) => slot)).size).toBe(4);
    expect(demoGenres()).toContain("Thriller");
  });
});

describe("[U21] the rooms of the demo cinema", () => {
  it("have about 60, 180 and 500 seats, with aisles, VIP, and a companion beside each wheelchair space", () => {
    const rooms = demoAuditoriums().map(({ name, chart }) => {
      const read = parseChart(chart);
      if (!read.ok) throw new Error(`${name}: ${JSON.stringify(read.errors)}`);
      return { name, seats: read.seats };
    });
    expect(rooms.map(({ seats }) => seats.length)).toEqual([500, 184, 64]);
    for (const { seats } of rooms) {
      const kinds = new Set(seats.map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual(["companion", "standard", "vip", "wheelchair"]);
      for (const { row, x } of seats.filter(({ kind }) => kind === "wheelchair"))
        expect(seats.some((s) => s.kind === "companion" && s.row === row && Math.abs(s.x - x) === 1)).toBe(true);
      const width = Math.max(...seats.map(({ x }) => x)) + 1;
      expect(seats.filter(({ y }) => y === 1).length).toBeLessThan(width);
    }
  });
});

describe("[U22] the programme of the demo cinema", () => {
  const week = (from: string, zone = "Europe/Madrid") =>
    Array.from({ length: 7 }, (_, n) => Temporal.PlainDate.from(from).add({ days: n }).toString()).flatMap((date) =>
      planDay(date, zone, minutesOf),
    );

  it("has no two showtimes in one room at one time, in any week of a year, clock changes included", () => {
    for (const zone of ["Europe/Madrid", "America/New_York", "Pacific/Auckland"])
      for (let n = 0; n < 52; n++) {
        const planned = week(Temporal.PlainDate.from("2027-01-01").add({ weeks: n }).toString(), zone);
        const places = planned.map((each) => ({ room: each.room, ...placeOf(each.startsAt, minutesOf(each.title)) }));
        for (const room of new Set(places.map((place) => place.room))) {
          const inRoom = places
            .filter((place) => place.room === room)
            .sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
          for (const [at, place] of inRoom.slice(1).entries())
            expect((inRoom[at]?.freeAt ?? "") <= place.startsAt, place.startsAt).toBe(true);
        }
      }
  });

  it("shows every film on show within each week", () => {
    for (let n = 0; n < 52; n++) {
      const planned = week(Temporal.PlainDate.from("2027-01-01").add({ weeks: n }).toString());
      expect(new Set(planned.map(({ title }) => title)).size).toBe(SHOWN_FILMS.length);
    }
  });

  it("plans the same day twice the same, in the cinema's own time", () => {
    expect(week("2027-03-25")).toEqual(week("2027-03-25"));
    const [before, after] = ["2027-03-27", "2027-03-28"].map(
      (date) => planDay(date, "Europe/Madrid", minutesOf)[0]?.startsAt,
    );
    expect([before, after]).toEqual(["2027-03-27T11:00:00.000Z", "2027-03-28T10:00:00.000Z"]);
  });

  it("has something still to come until shortly before midnight", () => {
    for (const { startsAt } of week("2027-06-14")
      .filter(({ room }) => room === "Sala Íntima")
      .slice(3, 4))
      expect(startsAt).toBe("2027-06-14T21:55:00.000Z");
  });

  it("prices both zones for every type, cheaper on Wednesdays", () => {
    expect(pricesFor("2027-06-14", [])).toHaveLength(8);
    const adult = (date: string, attributes: string[] = []) => pricesFor(date, attributes)[0]?.amount ?? 0;
    expect(adult("2027-06-16")).toBeLessThan(adult("2027-06-14"));
    expect(adult("2027-06-19", ["3D"])).toBeGreaterThan(adult("2027-06-19"));
  });
});
