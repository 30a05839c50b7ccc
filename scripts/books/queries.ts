/** What is asked of the books: lists, searches and histories, each time of another film, day, showtime or buyer. */
import { addressOf, type Books, filmIdOf, NAMES, numberOf, pick, SPAN_MS, seatOf, showtimeIdOf } from "./orders.ts";

export interface Question {
  name: string;
  path(): string;
  by: "staff" | "customer";
}

export function questionsOf(books: Books): Question[] {
  const any = () => Math.floor(Math.random() * books.count);
  const day = () => new Date(Date.now() - Math.random() * SPAN_MS).toISOString().slice(0, 10);
  const byStaff: [string, () => string][] = [
    ["films, list", () => "/films"],
    ["films, a common word", () => "/films?q=dia"],
    ["films, two words", () => "/films?q=perro%20amor"],
    ["orders, newest", () => "/orders"],
    ["orders, 200 at once", () => "/orders?limit=200"],
    ["orders, a number", () => `/orders?number=${numberOf(any())}`],
    ["orders, a status", () => "/orders?status=expired"],
    ["orders, an address", () => `/orders?email=${addressOf(any(), books)}`],
    ["orders, a film", () => `/orders?filmId=${filmIdOf(any())}`],
    ["orders, a day of shows", () => `/orders?day=${day()}`],
    ["orders, a film on a day", () => `/orders?day=${day()}&filmId=${filmIdOf(any())}`],
    ["orders, a showtime", () => `/orders?showtimeId=${showtimeIdOf(any())}`],
    ["orders, a seat", () => seatQuery(any())],
    ["orders, a name", () => `/orders?q=${encodeURIComponent(pick(NAMES, any()))}`],
    ["orders, a name and a title", () => `/orders?q=${encodeURIComponent(`${pick(NAMES, any())} perro`)}`],
    ["orders, words that never meet", () => "/orders?q=garcia%20zzzz"],
    ["orders, a span of time", () => `/orders?from=${day()}T00:00:00Z&status=confirmed`],
  ];
  return [
    ...byStaff.map(([name, path]): Question => ({ name, path, by: "staff" })),
    { name: "own history", path: () => "/me/orders", by: "customer" },
  ];
}

function seatQuery(n: number): string {
  return `/orders?showtimeId=${showtimeIdOf(n)}&seat=${seatOf(n)}`;
}
