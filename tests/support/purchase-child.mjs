/**
 * The built server, ending or stopping itself in the middle of purchases. Its parent sends a plan: at which point of
 * a purchase, when how many purchases have reached it, by which signal, and where to note how far each one was. Only
 * purchases that begin after the plan was sent count. Told "now", it waits for no more of them.
 */
import { writeFileSync } from "node:fs";
import { buildApp } from "../../dist/server/app.js";
import { readConfig } from "../../dist/server/config.js";

const FIRST_POINT = "idempotency-recorded";

let plan = null;
let arrived = 0;
const lastPoint = new Map();
const app = await buildApp(readConfig(process.env), {
  reached(point, orderId) {
    if (plan === null || (point !== FIRST_POINT && !lastPoint.has(orderId))) return;
    lastPoint.set(orderId, point);
    if (point === plan.at && ++arrived >= plan.count) stop();
  },
});

function stop() {
  if (plan === null) return;
  const { note, by } = plan;
  plan = null;
  writeFileSync(note, JSON.stringify([...lastPoint]));
  process.kill(process.pid, by);
}

process.on("message", (sent) => {
  if (sent === "now") return stop();
  plan = sent;
  arrived = 0;
  lastPoint.clear();
  process.send("ready");
});
app.http.log.info(`listening on ${await app.listen()}`);
