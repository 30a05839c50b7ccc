/** `DATA_DIR=... MONGODB_URL=... npm run copy-store`: moves a cinema from the embedded store into an empty MongoDB. */
import { copyStore } from "./copying.ts";
import { problem } from "./embedded/command.ts";
import { StoreUnavailable } from "./port.ts";

const dataDir = process.env.DATA_DIR || "./data";
const url = process.env.MONGODB_URL;
try {
  if (!url) throw new StoreUnavailable("MONGODB_URL: says where to, as in mongodb://127.0.0.1:27017/butaca");
  const count = await copyStore(dataDir, url);
  process.stdout.write(`${count} documents of ${dataDir} are in MongoDB: start the servers with MONGODB_URL now\n`);
} catch (error) {
  process.stderr.write(`butaca: ${problem(error)}\n`);
  process.exitCode = 1;
}
