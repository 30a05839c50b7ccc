/** `npm run backup -- [--data DIR] FILE`: writes the embedded store to a file, while servers run or not. */
import { runCommand } from "./command.ts";
import { backUp } from "./transfer.ts";

await runCommand({
  usage: "use: npm run backup -- [--data DIR] FILE",
  run: async (file, dataDir) => `${await backUp(dataDir, file)} documents of ${dataDir} are in ${file}`,
});
