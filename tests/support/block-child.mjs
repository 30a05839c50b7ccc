/** The built server, ending itself as SIGKILL does when a block reaches the point that its parent sends. */
import { buildApp } from "../../dist/server/app.js";
import { readConfig } from "../../dist/server/config.js";

let dieAt = null;
const app = await buildApp(readConfig(process.env), {
  reached(point) {
    if (point === dieAt) process.kill(process.pid, "SIGKILL");
  },
});
process.on("message", (point) => {
  dieAt = point;
  process.send("ready");
});
app.http.log.info(`listening on ${await app.listen()}`);
