import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { startServer } from "../support/server.ts";
import { captureStdout } from "../support/stdout.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "butaca-first-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a server on the same store, and stops it after `use`. What it printed is the answer. */
async function startOnce(env: Record<string, string>, use: (url: string, printed: string) => Promise<void>) {
  const stdout = captureStdout();
  try {
    const server = await startServer({ DATA_DIR: folder, LOG_LEVEL: "trace", ...env });
    await use(server.url, stdout.text()).finally(server.close);
  } finally {
    stdout.release();
  }
  return stdout.text();
}

const LINE = /^First administrator: (\S+), password: (\S+)$/gm;

it("[A13] a generated password is printed once, signs in, and is never seen again", async () => {
  let password = "";
  const first = await startOnce({ ADMIN_PASSWORD: "", ADMIN_EMAIL: "boss@cinema.test" }, async (url, printed) => {
    const lines = [...printed.matchAll(LINE)];
    expect(lines).toHaveLength(1);
    password = lines[0]?.[2] ?? "";
    const login = await api(url)("POST", "/auth/login", { email: "boss@cinema.test", password });
    expect(login.body.user.roleIds).toEqual(["rol_admin"]);
  });
  expect(first.split(password)).toHaveLength(2);

  const second = await startOnce({ ADMIN_PASSWORD: "", ADMIN_EMAIL: "boss@cinema.test" }, async (url) => {
    const login = await api(url)("POST", "/auth/login", { email: "boss@cinema.test", password });
    expect(login.status).toBe(200);
  });
  expect(second).not.toMatch(LINE);
  expect(second).not.toContain(password);

  await startOnce({ ADMIN_PASSWORD: "another password", ADMIN_EMAIL: "thief@cinema.test" }, async (url) => {
    const thief = { email: "thief@cinema.test", password: "another password" };
    expect((await api(url)("POST", "/auth/login", thief)).status).toBe(401);
  });
});

it("[A29] without limits the start says so, loudly", async () => {
  const printed = await startOnce({ RATE_LIMITS: "off" }, async () => {});
  expect(printed.match(/RATE_LIMITS=off: NO LIMITS/g)).toHaveLength(1);
  expect(await startOnce({ RATE_LIMITS: "on" }, async () => {})).not.toContain("RATE_LIMITS");
});

it("[O9] what is asked for and not done yet is said at the start, and nothing else is", async () => {
  const asked = { ORPHAN_RULE: "enforce", GUEST_SEATS_PER_NETWORK: "40" };
  const printed = await startOnce(asked, async () => {});
  for (const name of Object.keys(asked))
    expect(printed.match(new RegExp(`"msg":"${name}[^"]*not kept yet`, "g"))).toHaveLength(1);
  expect(await startOnce({ ORPHAN_RULE: "warn" }, async () => {})).not.toContain("not kept yet");
});
