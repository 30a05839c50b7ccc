/** Suites of other files once more, with the documents in MongoDB. They take long: short runs skip them. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import { hasTime } from "./counts.ts";
import { hasMongo, startMongo, type TestMongo } from "./mongodb.ts";
import { keepRoomsIn } from "./rooms.ts";
import { keepServersIn } from "./server.ts";

/** Test files that are loaded inside a suite, by what they are about. */
type Suites = Readonly<Record<string, () => Promise<unknown>>>;

/** Suites of rooms (`rooms.ts`): each opens a database of its own. */
export function roomsInMongo(suites: Suites): void {
  inMongo(suites, (mongo) => keepRoomsIn(() => openMongoStore({ url: mongo.database() })));
}

/** Suites of whole servers in this process: those that share a folder share a database, too. */
export function serversInMongo(suites: Suites): void {
  inMongo(suites, (mongo) => {
    const databases = new Map<string, string>();
    keepServersIn((dataDir) => {
      const url = databases.get(dataDir) ?? mongo.database();
      databases.set(dataDir, url);
      return { MONGODB_URL: url };
    });
  });
}

function inMongo(suites: Suites, keep: (mongo: TestMongo) => void): void {
  if (hasTime) describe.skipIf(!hasMongo)("documents in MongoDB", () => withSuites(suites, keep));
  // One skip for each suite, and none is loaded: files of a short run share a process, which loads a file once.
  else describe("documents in MongoDB", () => it.skip.each(Object.keys(suites))("%s", () => {}));
}

function withSuites(suites: Suites, keep: (mongo: TestMongo) => void): void {
  let mongo: TestMongo | undefined;
  beforeAll(async () => {
    mongo = await startMongo();
    keep(mongo);
  });
  afterAll(() => mongo?.stop());

  for (const [about, load] of Object.entries(suites))
    describe(about, async () => {
      await load();
    });
}
