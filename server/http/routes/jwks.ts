import type { Keys } from "../../identity/keys.ts";
import { jwksAnswer } from "../../schemas/answers.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";

/** Scanners may keep the keys this long; one that meets an unknown key asks again. */
const CACHE = "public, max-age=300";

/** The public keys of tickets, so that a scanner can verify a code without asking. */
export function addJwksRoute(app: HttpServer, { keys }: { keys: Keys }): void {
  const schema = { tags: ["tickets"], summary: "Public keys of tickets", ...answers({ 200: jwksAnswer }) };
  app.get("/.well-known/jwks.json", { schema }, async (_request, reply) =>
    reply.header("cache-control", CACHE).send(await keys.publicSet("ticket")),
  );
}
