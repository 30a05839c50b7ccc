import { afterAll, beforeAll, describe } from "vitest";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { keepRoomsIn } from "../support/rooms.ts";

/** Apart from the other suites of the catalogue: hundreds of films come and go, and each is a write on a disk. */
describe.skipIf(!hasMongo || !hasTime)("documents in MongoDB", () => {
  let mongo: TestMongo;
  beforeAll(async () => {
    mongo = await startMongo();
    keepRoomsIn(() => openMongoStore({ url: mongo.database() }));
  });
  afterAll(() => mongo?.stop());

  describe("films by the file", async () => {
    await import("./import.test.ts");
  });
});
