import { afterAll, beforeAll, describe } from "vitest";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import { hasTime, times } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { keepRoomsIn } from "../support/rooms.ts";

/** The suites of what an administrator manages, once more with the documents in MongoDB. */
const SUITES = [
  () => import("./schedule.test.ts"),
  () => import("./price-lists.test.ts"),
  () => import("./managed.test.ts"),
  () => import("./genres.test.ts"),
  () => import("./ticket-types.test.ts"),
  () => import("./auditoriums.test.ts"),
  () => import("./films.test.ts"),
  () => import("./films-changes.test.ts"),
  () => import("./showtimes.test.ts"),
  () => import("./showtimes-changes.test.ts"),
  () => import("./settings.test.ts"),
];

describe.skipIf(!hasMongo || !hasTime)("documents in MongoDB", () => {
  let mongo: TestMongo;
  beforeAll(async () => {
    mongo = await startMongo();
    keepRoomsIn(() => openMongoStore({ url: mongo.database() }));
  });
  afterAll(() => mongo?.stop());

  for (const suite of SUITES.slice(0, times(1, SUITES.length, SUITES.length)))
    describe("a suite", async () => {
      await suite();
    });
});
