/**
 * `npm run password-link -- EMAIL`: a link to a new password, for an administrator whom nobody else can help. With the
 * environment of the servers, while they run or not. Whoever may run it has the store in their hands anyway.
 */
import { existsSync } from "node:fs";
import { createAudit } from "./audit/audit.ts";
import { systemClock } from "./basics/clock.ts";
import { type Config, readConfig, StartRefused } from "./config.ts";
import { createPasswordCodes } from "./identity/password-codes.ts";
import { foldEmail } from "./identity/people.ts";
import { openStore } from "./parts.ts";
import { createPost } from "./post.ts";
import { users } from "./store/collections.ts";

/** Of all runs of this command; each is written down. */
const CHAIN = "operator";

async function run(config: Config, email: string | undefined): Promise<string> {
  if (email === undefined) throw new StartRefused("use: npm run password-link -- EMAIL");
  if (config.MONGODB_URL === undefined && !existsSync(config.DATA_DIR))
    throw new StartRefused(`DATA_DIR: there is nothing at ${config.DATA_DIR}`);
  const store = await openStore(config);
  try {
    const user = await store.collection(users).findOne({ emailKey: foldEmail(email) });
    if (user?.status !== "active") throw new StartRefused(`nobody with the address ${email} may sign in`);
    const { code, expiresAt } = await createPasswordCodes({ store, clock: systemClock }).issue(user);
    const audit = createAudit({ store, clock: systemClock, chain: CHAIN });
    const actor = { kind: "system", id: CHAIN };
    await audit.record({ actor, action: "user.password-link", subject: user.id, outcome: "done" });
    await audit.flush();
    const { passwordUrl } = createPost(config, { mailer: null, cinemaName: async () => "" });
    return `${passwordUrl(code)}\nworks once, until ${expiresAt}`;
  } finally {
    await store.close();
  }
}

try {
  process.stdout.write(`${await run(readConfig(process.env), process.argv[2])}\n`);
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`butaca: ${error instanceof StartRefused ? message : (stack ?? message)}\n`);
  process.exitCode = 1;
}
