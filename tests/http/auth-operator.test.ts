import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { ADMIN } from "../support/server.ts";

let server: ServerProcess;
let call: ReturnType<typeof api>;
beforeAll(async () => {
  server = await spawnServer();
  call = api(server.url);
});
afterAll(() => server.close());

/** What the command says, and how it ends. */
function passwordLink(email: string[], env: Record<string, string> = {}) {
  const [port] = /\d+$/.exec(server.url) ?? [""];
  const own = { PATH: process.env.PATH ?? "", DATA_DIR: server.dataDir, PORT: port, ...env };
  return new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, ["dist/server/password-link.js", ...email], { env: own }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

it("[A90] an administrator whom nobody can help gets a link from the operator, while the server runs", async () => {
  const { code, said } = await passwordLink([ADMIN.email.toUpperCase()]);
  expect([code, said]).toEqual([0, expect.stringContaining(`${server.url}/#/account/reset/`)]);
  const body = { code: /reset\/(\S+)/.exec(said)?.[1], password: "a whole new phrase" };
  expect((await call("PUT", "/auth/password-reset", body)).status).toBe(204);
  const { token } = (await call("POST", "/auth/login", { email: ADMIN.email, password: body.password })).body;
  const written = await call("GET", "/audit?action=user.password-link", undefined, { token });
  expect(written.body.items).toMatchObject([{ actor: { kind: "system", id: "operator" }, outcome: "done" }]);
  expect((await call("GET", "/audit/verify", undefined, { token })).body.ok).toBe(true);
});

it.each([
  [[], {}, "use: npm run password-link -- EMAIL"],
  [["nobody@cinema.test"], {}, "nobody with the address nobody@cinema.test may sign in"],
  [[ADMIN.email], { DATA_DIR: "/nowhere/at/all" }, "DATA_DIR: there is nothing at /nowhere/at/all"],
])("[A90] for %j with %j it says in one line why not", async (email, env, why) => {
  expect(await passwordLink(email, env)).toEqual({ code: 1, said: `butaca: ${why}\n` });
});
