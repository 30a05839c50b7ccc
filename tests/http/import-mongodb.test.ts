/** Apart from the other suites of the catalogue: hundreds of films come and go, and each is a write on a disk. */
import { roomsInMongo } from "../support/mongodb-suites.ts";

roomsInMongo({ "films by the file": () => import("./import.test.ts") });
