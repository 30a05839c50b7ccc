/** What takes a whole server: devices, the audit, sessions, purchases as staff find and correct them. */
import { serversInMongo } from "../support/mongodb-suites.ts";

serversInMongo({
  devices: () => import("./devices.test.ts"),
  "the audit": () => import("./audit.test.ts"),
  "the audit of every route": () => import("./audit-routes.test.ts"),
  sessions: () => import("./auth.test.ts"),
  orders: () => import("./orders.test.ts"),
  "orders as they are found": () => import("./orders-reading.test.ts"),
  films: () => import("./films-server.test.ts"),
  "showtimes on screens": () => import("./showtimes-live.test.ts"),
});
