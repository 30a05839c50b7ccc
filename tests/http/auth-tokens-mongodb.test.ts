/** Tokens that are bent, over or taken back. */
import { serversInMongo } from "../support/mongodb-suites.ts";

serversInMongo({
  "tokens that open nothing": () => import("./auth-tokens.test.ts"),
  "what a token stands for": () => import("./auth-tokens-lost.test.ts"),
});
