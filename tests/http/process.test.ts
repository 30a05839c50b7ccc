import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer, startAndFail } from "../support/process.ts";
import { ADMIN } from "../support/server.ts";
import { guestSocket } from "../support/sockets.ts";

const hasIpv6 = networkInterfaces().lo?.some(({ family }) => family === "IPv6") === true;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "butaca-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("configuration", () => {
  it.concurrent.each([
    ["PORT", "http"],
    ["PORT", "70000"],
    ["HOLD_TTL_S", "soon"],
    ["HOLD_TTL_S", "0"],
    ["PAYMENT_WINDOW_S", "-1"],
    ["REDIS_URL", "http://127.0.0.1"],
    ["MONGODB_URL", "127.0.0.1"],
    ["CINEMA_TIME_ZONE", "Europe/Atlantis"],
    ["CURRENCY", "euros"],
    ["ORPHAN_RULE", "maybe"],
    ["ADMIN_EMAIL", "nobody"],
    ["RATE_LIMITS", "perhaps"],
    ["DEMO", "yes"],
    ["LOG_LEVEL", "loud"],
    ["PUBLIC_URL", "here"],
    ["TLS_CERT", "/nowhere/cert.pem"],
    ["PAYMENT_PROVIDER", "barter"],
    ["ALLOWED_ORIGINS", "https://shop.example, shop.example"],
    ["TRUST_PROXY", "10.0.0.0/99"],
    ["HOST", "not-an-address.invalid"],
  ])("[O1] a wrong %s (%s) stops the start with one line that names it, exit 1", async (name, value) => {
    const { code, output } = await startAndFail({ DATA_DIR: folder, LOG_LEVEL: "silent", [name]: value });
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).toContain(name);
  });

  it("[O1] a port in use stops the start with one line that names PORT, exit 1", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await eventually(() => taken.listening);
    const { port } = taken.address() as { port: number };
    const { code, output } = await startAndFail({ DATA_DIR: folder, LOG_LEVEL: "silent", PORT: String(port) });
    taken.close();
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^butaca: PORT: .*$/);
  });

  it.skipIf(!hasIpv6)("[O2] an IPv6 HOST stands in brackets, as addresses of pages have it", async () => {
    const server = await spawnServer({ HOST: "::1" });
    expect(server.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*$/);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    await server.close();
  });

  it("[O1] empty values count as unset", async () => {
    const server = await spawnServer({ HOLD_TTL_S: "", REDIS_URL: "" });
    await server.close();
  });
});

describe("a running server", () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await spawnServer();
  });
  afterAll(() => server.close());

  it("[O2] PORT=0 picks a free port and the ready line names it", () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  });

  it("[O3] live, ready and metrics answer", async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain("butaca_http_request_seconds");
  });

  it("[O4] a wrong path is 404, a wrong method on a known path 405, both as problems with a request id", async () => {
    const lost = await fetch(`${server.url}/api/v1/nothing`);
    expect(lost.status).toBe(404);
    expect(lost.headers.get("content-type")).toContain("application/problem+json");
    expect(await lost.json()).toMatchObject({
      code: "not_found",
      status: 404,
      requestId: expect.stringMatching(/^req_/),
    });
    const wrong = await fetch(`${server.url}/api/v1/openapi.json`, { method: "DELETE" });
    expect(await wrong.json()).toMatchObject({ code: "method_not_allowed", status: 405 });
    expect(wrong.headers.get("allow")).toBe("GET, HEAD");
    const garbled = await fetch(`${server.url}/api/v1/genres/%zz`);
    expect(garbled.headers.get("content-type")).toContain("application/problem+json");
    expect(await garbled.json()).toMatchObject({ code: "invalid_request", status: 400 });
  });

  it("[O5] logs are JSON lines with request ids, and never a token or a password", async () => {
    const login = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ADMIN),
    });
    const { token } = (await login.json()) as { token: string };
    await fetch(`${server.url}/api/v1/me?q=secret-query`, { headers: { authorization: `Bearer ${token}` } });
    const lines = await eventually(() => {
      // Whole lines: of the last one there may be a part.
      const all = server.output().split("\n").slice(0, -1);
      return all.some((line) => line.includes("/api/v1/me")) ? all : null;
    });
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(lines.some((line) => /"reqId":"req_/.test(line))).toBe(true);
    for (const secret of [token, ADMIN.password, "secret-query"]) expect(server.output()).not.toContain(secret);
  });
});

describe("stopping", () => {
  it("[O6] SIGTERM with sockets open tells them, then exits 0 within 10 s", async () => {
    const server = await spawnServer();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => guestSocket(server.url)));
    let told = 0;
    for (const socket of sockets) socket.on("server:closing", () => told++);
    const since = Date.now();
    const code = await server.end("SIGTERM");
    expect(code).toBe(0);
    expect(Date.now() - since).toBeLessThan(10_000);
    // The end of a process may be heard before what it said last.
    await eventually(() => told === 20);
    for (const socket of sockets) socket.close();
    await server.close();
  });
});
