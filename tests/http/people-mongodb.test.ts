/** What is kept about people. */
import { serversInMongo } from "../support/mongodb-suites.ts";

serversInMongo({ "[A88] people": () => import("./people.test.ts") });
