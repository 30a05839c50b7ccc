/** Every route and event, asked by everybody: each denial is a row in the database. */
import { serversInMongo } from "../support/mongodb-suites.ts";

serversInMongo({ "who may call what": () => import("./access.test.ts") });
