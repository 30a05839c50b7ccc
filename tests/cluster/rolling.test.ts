import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { dirname, join } from "node:path";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "../../scripts/cluster/cluster.ts";
import { findPrograms } from "../../scripts/cluster/programs.ts";
import type { LedgerEntry } from "../../server/payment/simulated/attempts.ts";
import type { Order, Showtime } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import { hasK6, loadtest } from "../support/k6.ts";
import { eventually } from "../support/poll.ts";
import { ADULT_PRICE, allOrders, faultsOf, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { ADMIN } from "../support/server.ts";

const programs = findPrograms();
const isComplete = hasK6 && !("missing" in programs);
if (!isComplete && process.env.CI) throw new Error("the cluster is not complete, and CI must not skip");

/** Servers that join, and as many that leave. */
const TURNS = times(1, 20, 60);
/** Enough seats that nobody finds the house full, three hours apart. */
const SHOWTIMES = times(2, 14, 15);
/** Groups of customers who work in turns, so that the next is there before one has gone; and how long, in seconds. */
const SHIFTS = times(1, 2, 2);
const SHIFT_S = times(4, 12, 30);
/** Scenarios that are not played elsewhere here. */
const REST = ["browse", "on-sale", "reconnect-herd"];
const HOUR_MS = 3_600_000;

/** The topology of the compose file, as processes: what guests meet through HAProxy. */
describe.skipIf(!isComplete || !hasTime)("servers behind HAProxy", () => {
  let cluster: Cluster;
  let stage: Stage;
  let showtimeIds: string[];
  beforeAll(async () => {
    if ("missing" in programs) return;
    const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    const env = { ...admin, DEMO: "0", RATE_LIMITS: "off", LOG_LEVEL: "info", GUEST_SEATS_PER_NETWORK: "420" };
    cluster = await startCluster({ programs, port: 0, servers: 2, env });
    [stage, showtimeIds] = await openHouse(cluster.members()[0]?.url ?? "");
  }, 120_000);
  afterAll(() => cluster?.stop(), 60_000);

  it("[O80] whoever asks comes in by TLS, is told apart by address, and finds no figures", async () => {
    const faked = { "x-forwarded-for": "203.0.113.9", authorization: "Bearer nobody's" };
    expect((await ask("GET", "/api/v1/audit", faked)).status).toBe(401);
    const [member] = cluster.members();
    await eventually(async () => {
      const { body } = await api(member?.url ?? "")("GET", "/audit?limit=200", undefined, { token: stage.adminToken });
      const denied = (body.items as { outcome: string; from?: string }[]).filter(({ outcome }) => outcome === "denied");
      expect(denied.map(({ from }) => from)).not.toContain("203.0.113.9");
      return denied.some(({ from }) => from === "127.0.0.1");
    });
    expect((await ask("GET", "/metrics")).status).toBe(404);
    expect((await ask("GET", "/health/ready")).status).toBe(200);
  });

  it("[O80] sockets come through, from pages of the public address alone", async () => {
    const { token } = JSON.parse((await ask("POST", "/api/v1/auth/guest")).text) as { token: string };
    const connect = (origin: string) =>
      new Promise<string>((resolve) => {
        const socket = io(cluster.url, {
          ...{ transports: ["websocket"], forceNew: true, reconnection: false, auth: { token, protocol: 1 } },
          ...{ ca: readFileSync(cluster.certificate, "utf8"), extraHeaders: { origin } },
        });
        const end = (how: string) => {
          socket.disconnect();
          resolve(how);
        };
        socket.once("connect", () => end("connected")).once("connect_error", () => end("refused"));
      });
    expect(await connect(cluster.url)).toBe("connected");
    expect(await connect("https://shop.example")).toBe("refused");
  });

  it("[O72] a storm of holds over two servers leaves everybody with the same map", async () => {
    const urls = cluster.members().map(({ url }) => url);
    const users = times(4, 12, 40);
    const size = ["--users", String(users), "--seconds", String(times(1, 8, 60))];
    const run = await loadtest("hold-storm", ["--url", urls.join(), ...size]);
    expect(run.code, run.output).toBe(0);
    expect(run.count("holds")).toBeGreaterThan(0);
    expect(run.count("maps_compared")).toBe(users);
    expect(run.count("maps_diverged") + run.count("gaps")).toBe(0);
  }, 120_000);

  it(
    `[O71 O81] ${TURNS} servers join and ${TURNS} leave in turn under a day of kiosk customers: no purchase fails`,
    async () => {
      const day = { isOver: false };
      const shifts = Array.from({ length: SHIFTS }, (_, shift) => work(SHIFT_S * (1 + shift / 2), day));
      const codes: (number | null)[] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        await cluster.join();
        expect(cluster.members()).toHaveLength(3);
        const [oldest] = cluster.members();
        if (oldest !== undefined) codes.push(await cluster.leave(oldest));
      }
      day.isOver = true;
      const runs = (await Promise.all(shifts)).flat();
      const sum = (name: string) => runs.reduce((total, run) => total + run.count(name), 0);
      console.log(`${sum("purchases")} purchases, ${sum("reconnects")} reconnects, ${sum("retries")} retries`);
      expect(codes).toEqual(Array.from({ length: TURNS }, () => 0));
      expect(sum("purchases_failed"), runs.map(({ output }) => output).join("\n")).toBe(0);
      expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
      expect(sum("purchases")).toBeGreaterThan(3 * TURNS);
      expect(sum("reconnects")).toBeGreaterThanOrEqual(times(0, 1, 1));
      await eventually(async () => (await faults(sum("purchases"))).length === 0, 15_000, "books that agree").catch(
        async () => expect(await faults(sum("purchases"))).toEqual([]),
      );
    },
    60_000 + TURNS * 30_000,
  );

  it.each(REST.slice(0, times(0, 3, 3)))(
    "[O86] %s runs and keeps within what it promises",
    async (scenario) => {
      const size = ["--users", String(times(1, 10, 100)), "--seconds", String(times(1, 9, 60))];
      const run = await loadtest(scenario, ["--url", cluster.url, "--insecure", ...size]);
      expect(run.code, run.output).toBe(0);
      expect(run.count("purchases_failed") + run.count("maps_diverged")).toBe(0);
      expect(run.output).toContain("✓");
    },
    180_000,
  );

  it("[O82] stopped, it leaves no process and no file", async () => {
    const pids = cluster.members().map(({ child }) => child.pid ?? 0);
    await cluster.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    for (const url of [cluster.figuresUrl, cluster.providerUrl]) await expect(fetch(url)).rejects.toThrow();
    expect(existsSync(dirname(cluster.certificate))).toBe(false);
  });

  /** Kiosk customers, one run after the other until the day is over. */
  async function work(seconds: number, day: { isOver: boolean }) {
    const runs: Awaited<ReturnType<typeof loadtest>>[] = [];
    const size = ["--users", String(times(3, 4, 8)), "--seconds", String(Math.round(seconds))];
    const args = ["--url", cluster.url, "--insecure", ...size];
    const env = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    while (!day.isOver) runs.push(await loadtest("kiosk-day", args, env));
    return runs;
  }

  /** What is wrong in the books of the whole house; seats are named with their showtime. */
  async function faults(purchases: number): Promise<string[]> {
    const url = cluster.members()[0]?.url ?? "";
    const orders = (await allOrders(url, stage.adminToken)).map((order): Order => {
      const lines = order.lines.map((line) => ({ ...line, seatId: `${order.showtimeId}:${line.seatId}` }));
      return { ...order, lines };
    });
    const states = new Map<string, string>();
    for (const showtimeId of showtimeIds)
      for (const [seat, state] of await seatStates(url, { ...stage, showtimeId }))
        states.set(`${showtimeId}:${seat}`, state);
    const ledger = (await (await fetch(`${cluster.providerUrl}/ledger`)).json()) as LedgerEntry[];
    const confirmed = orders.filter(({ status }) => status === "confirmed").length;
    const counted = confirmed === purchases ? [] : [`${purchases} purchases, but ${confirmed} orders confirmed`];
    return [...counted, ...faultsOf({ orders, ledger, states })];
  }

  function ask(method: string, path: string, headers = {}, body = ""): Promise<{ status?: number; text: string }> {
    return new Promise((resolve, reject) => {
      const ca = readFileSync(cluster.certificate, "utf8");
      const asked = request(`${cluster.url}${path}`, { method, headers, ca }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("end", () => resolve({ status: answer.statusCode, text }));
      });
      asked.once("error", reject).end(body);
    });
  }
});

/** One auditorium and its showtimes, three hours apart. */
async function openHouse(url: string): Promise<[Stage, string[]]> {
  const stage = await setStage(url);
  const showtimeIds = [stage.showtimeId];
  for (let hours = 4; showtimeIds.length < SHOWTIMES; hours += 3) {
    const prices = [
      { zone: "standard", ticketTypeId: stage.adultId, amount: ADULT_PRICE },
      { zone: "vip", ticketTypeId: stage.adultId, amount: 2 * ADULT_PRICE },
    ];
    const startsAt = new Date(Date.now() + hours * HOUR_MS).toISOString();
    const { filmId, auditoriumId, adminToken: token } = stage;
    const body = { filmId, auditoriumId, startsAt, prices, attributes: [], status: "on-sale" };
    const made = await api(url)("POST", "/showtimes", body, { token });
    if (made.status !== 201) throw new Error(`no showtime: ${made.status} ${JSON.stringify(made.body)}`);
    showtimeIds.push((made.body as Showtime).id);
  }
  return [stage, showtimeIds];
}

describe("npm run cluster", () => {
  it("[O83] names every part that is missing, in one line", () => {
    const main = join(import.meta.dirname, "../../scripts/cluster/main.ts");
    const args = ["--import", "tsx", main];
    const run = spawnSync(process.execPath, args, { env: { PATH: "/nowhere", SECANTUS: "" }, encoding: "utf8" });
    expect(run.status).toBe(1);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^cluster: missing here: redis-server \([^\n]*openssl[^\n]*\n$/);
  });
});
