import { afterAll, describe } from "vitest";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { startServer } from "../support/server.ts";
import { describePeople } from "./people.contract.ts";

describe.skipIf(!hasMongo || !hasTime)("[A88] people in MongoDB", () => {
  let mongo: TestMongo | undefined;
  // After the server's own: hooks that were added first run last.
  afterAll(() => mongo?.stop());
  describePeople(async () => {
    mongo = await startMongo();
    return startServer({ MONGODB_URL: mongo.database() });
  });
});
