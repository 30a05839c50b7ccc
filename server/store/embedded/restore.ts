/** `npm run restore -- [--data DIR] FILE`: makes an embedded store from a backup, in a new or empty directory. */
import { runCommand } from "./command.ts";
import { restore } from "./transfer.ts";

await runCommand({
  usage: "use: npm run restore -- [--data DIR] FILE",
  run: async (file, dataDir) => `${await restore(file, dataDir)} documents of ${file} are in ${dataDir}`,
});
