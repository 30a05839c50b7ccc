import { afterAll, beforeAll, describe } from "vitest";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { keepServersIn } from "../support/server.ts";

/**
 * The suites that take a whole server, once more with the documents in MongoDB: devices, the audit, sessions, purchases
 * as staff find and correct them. Servers that share a folder share a database, too.
 */
const SUITES = [
  () => import("./devices.test.ts"),
  () => import("./audit.test.ts"),
  () => import("./audit-routes.test.ts"),
  () => import("./auth.test.ts"),
  () => import("./orders.test.ts"),
  () => import("./orders-reading.test.ts"),
  () => import("./films-server.test.ts"),
  () => import("./showtimes-live.test.ts"),
];

describe.skipIf(!hasMongo || !hasTime)("whole servers, documents in MongoDB", () => {
  let mongo: TestMongo;
  const databases = new Map<string, string>();
  beforeAll(async () => {
    mongo = await startMongo();
    keepServersIn((dataDir) => {
      const url = databases.get(dataDir) ?? mongo.database();
      databases.set(dataDir, url);
      return { MONGODB_URL: url };
    });
  });
  afterAll(() => mongo?.stop());

  for (const suite of SUITES)
    describe("a suite", async () => {
      await suite();
    });
});
