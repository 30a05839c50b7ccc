/**
 * The built server, ending itself as SIGKILL does when a purchase reaches the point `DIE_AT`: the first one that
 * begins after SIGUSR2, not those that a server before it left behind.
 */
import { buildApp } from "../../dist/server/app.js";
import { readConfig } from "../../dist/server/config.js";

let isArmed = false;
let victim = null;
const app = await buildApp(readConfig(process.env), {
  reached(point, orderId) {
    if (isArmed && point === "idempotency-recorded") victim ??= orderId;
    if (orderId === victim && point === process.env.DIE_AT) process.kill(process.pid, "SIGKILL");
  },
});
process.on("SIGUSR2", () => {
  isArmed = true;
  app.http.log.info("ready to die");
});
app.http.log.info(`listening on ${await app.listen()}`);
