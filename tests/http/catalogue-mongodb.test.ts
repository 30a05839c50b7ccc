/** What an administrator manages. */
import { roomsInMongo } from "../support/mongodb-suites.ts";

roomsInMongo({
  schedule: () => import("./schedule.test.ts"),
  "price lists": () => import("./price-lists.test.ts"),
  "every resource": () => import("./managed.test.ts"),
  genres: () => import("./genres.test.ts"),
  "ticket types": () => import("./ticket-types.test.ts"),
  auditoriums: () => import("./auditoriums.test.ts"),
  films: () => import("./films.test.ts"),
  "changes of films": () => import("./films-changes.test.ts"),
  showtimes: () => import("./showtimes.test.ts"),
  "changes of showtimes": () => import("./showtimes-changes.test.ts"),
  settings: () => import("./settings.test.ts"),
});
