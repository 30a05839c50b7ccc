import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { type Client, connect, follow } from "../support/sockets.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The socket edge inside a whole server: real tokens, real store, real programme. */
let server: TestServer;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startServer({ DEMO: "1", HOLD_TTL_S: "3", KIOSK_HOLD_TTL_S: "3" });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await server.close();
});

async function call<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
  const headers: Record<string, string> = body ? { "content-type": "application/json" } : {};
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(`${server.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function guestToken(): Promise<string> {
  return (await call<{ token: string }>("POST", "/auth/guest", {})).token;
}

async function socket(token: string): Promise<Client> {
  const client = await connect(server.url, token);
  clients.push(client);
  return client;
}

interface Listed {
  id: string;
  version: number;
  auditoriumId: string;
}

let taken = 0;

/** One that no other test has: holds end by themselves here, and would be seen there. All are in one auditorium. */
async function someShowtime(): Promise<Listed> {
  const from = new Date(Date.now() + 3_600_000).toISOString();
  const { items } = await call<{ items: Listed[] }>("GET", `/showtimes?status=on-sale&limit=200&from=${from}`);
  const showtime = items.filter(({ auditoriumId }) => auditoriumId === items[0]?.auditoriumId)[taken++];
  if (showtime === undefined) throw new Error("the demo cinema shows too little");
  return showtime;
}

describe("a whole server", () => {
  it("[D60] a guest holds a seat, another sees it held; the API's own map agrees at that version", async () => {
    const { id: showtimeId } = await someShowtime();
    const [guest, watcher] = [await socket(await guestToken()), follow(await socket(await guestToken()), showtimeId)];
    await watcher.join();
    const seats = await call<{ layout: { seats: { id: string; kind: string }[] } }>(
      "GET",
      `/showtimes/${showtimeId}/seats`,
    );
    const seat = seats.layout.seats.find(({ kind }) => kind === "standard")?.id ?? "";
    const { version } = await guest.do("seats:hold", { requestId: "one", showtimeId, seats: [seat] });
    const after = await call<{ version: number; states: string }>("GET", `/showtimes/${showtimeId}/seats`);
    expect(after.version).toBeGreaterThanOrEqual(version);
    await eventually(() => watcher.map()?.version === after.version);
    expect(watcher.map()?.states).toBe(after.states);
  });

  it("[D61] occupancy of the programme is pushed as it changes, without a showtime being joined", async () => {
    const { id: showtimeId } = await someShowtime();
    const [guest, wall] = [await socket(await guestToken()), await socket(await guestToken())];
    const { showtimes } = await wall.do("occupancy:watch", {});
    const before = showtimes.find((one) => one.showtimeId === showtimeId)?.counts;
    expect(before).toEqual({ capacity: expect.any(Number), available: expect.any(Number) });
    const answer = await guest.do("showtime:join", { showtimeId });
    const free = "snapshot" in answer ? answer.snapshot.states.indexOf("A") : 0;
    const { layout } = await call<{ layout: { seats: { id: string }[] } }>("GET", `/showtimes/${showtimeId}/seats`);
    await guest.do("seats:hold", { requestId: "two", showtimeId, seats: [layout.seats[free]?.id ?? ""] });
    await wall.hears("occupancy:changed", ({ showtimes: changed }) =>
      changed.some((one) => one.showtimeId === showtimeId && one.counts.available < (before?.available ?? 0)),
    );
  });

  it("[D62] a guest who asks who has which seat is refused, and it is written down", async () => {
    const { id: showtimeId } = await someShowtime();
    const guest = await socket(await guestToken());
    expect(await guest.refused("seats:watch-details", { showtimeId })).toMatchObject({ code: "forbidden" });
    const { token } = await call<{ token: string }>("POST", "/auth/login", ADMIN);
    await eventually(async () => {
      const { items } = await call<{ items: { action: string; outcome: string }[] }>("GET", "/audit", undefined, token);
      return items.some(({ action, outcome }) => action === "socket seats:watch-details" && outcome === "denied");
    });
  });

  it("[D63] an administrator sees who has which seat", async () => {
    const { id: showtimeId } = await someShowtime();
    const { token } = await call<{ token: string }>("POST", "/auth/login", ADMIN);
    const admin = await socket(token);
    expect(await admin.do("seats:watch-details", { showtimeId })).toHaveProperty("seats");
    const { showtimes } = await admin.do("occupancy:watch", {});
    expect(showtimes[0]?.counts).toHaveProperty("held");
  });

  it("[D64] an ended session is cut within 5 s", async () => {
    const token = await guestToken();
    const guest = await socket(token);
    await fetch(`${server.url}/api/v1/auth/logout`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
    await eventually(() => !guest.socket.connected, 5_000);
  });

  it("[H46] a hold that nobody touches ends on its viewers' screens within 1 s of its time", async () => {
    const { id: showtimeId } = await someShowtime();
    const guest = await socket(await guestToken());
    const viewer = follow(await socket(await guestToken()), showtimeId);
    await viewer.join();
    const { hold } = await guest.do("seats:hold", { requestId: "short", showtimeId, seats: ["E5"] });
    await eventually(() => viewer.map()?.states.includes("H"));
    const change = await guest.hears("hold:changed", undefined, 10_000);
    expect(Date.now() - Date.parse(hold.expiresAt)).toBeLessThan(1_000);
    expect(change).toEqual({ showtimeId, hold: null, reason: "expired" });
    await eventually(() => !viewer.map()?.states.includes("H"), 4_000);
  });

  it("[H47] an order made over HTTP is told to its buyer step by step", async () => {
    const { id: showtimeId } = await someShowtime();
    const token = await guestToken();
    const guest = await socket(token);
    const { hold } = await guest.do("seats:hold", { requestId: "buy", showtimeId, seats: ["D5"] });
    const { items } = await call<{ items: { id: string }[] }>("GET", "/ticket-types");
    const response = await fetch(`${server.url}/api/v1/orders`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "idempotency-key": `order-${Math.random()}`,
      },
      body: JSON.stringify({
        ...{ showtimeId, hold: hold.token, payment: { method: "card", token: "sim_approve" } },
        lines: [{ seatId: "D5", ticketTypeId: items[0]?.id }],
      }),
    });
    expect(response.status).toBe(201);
    const { id: orderId } = (await response.json()) as { id: string };
    await guest.hears("order:changed", (change) => change.orderId === orderId && change.status === "confirmed");
    await guest.hears("hold:changed", ({ reason }) => reason === "sold");
    expect(guest.heard("hold:changed").map(({ reason }) => reason)).toEqual(["paying", "sold"]);
  });

  it("[D38] the client on the page about the protocol shows the map and holds a seat", async () => {
    const { id: showtimeId } = await someShowtime();
    const page = await readFile(join(ROOT, "PROTOCOL.md"), "utf8");
    const program = /^```ts\n([\s\S]*?)\n```$/m.exec(page)?.[1] ?? "";
    // Inside node_modules, where it finds its library and nobody looks.
    const file = join(ROOT, `node_modules/.cache/butaca-example-${process.pid}.mts`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, program);
    const client = spawn(process.execPath, ["--import", "tsx", file, server.url, showtimeId, "C5"], { cwd: ROOT });
    let said = "";
    client.stdout.on("data", (chunk) => {
      said += chunk;
    });
    client.stderr.on("data", (chunk) => {
      said += chunk;
    });
    try {
      await eventually(() => /^\d+ [AHSB]+$/m.test(said) && /ok: true/.test(said), 10_000, "the example").catch(() =>
        expect(said).toBe("a map and a hold"),
      );
    } finally {
      client.kill();
      await rm(file);
    }
  });

  it("[D65] figures of the sockets are in the metrics", async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(/^butaca_live_connections [1-9]/m);
    expect(text).toMatch(/^butaca_live_messages_sent_total \d+/m);
  });
});
