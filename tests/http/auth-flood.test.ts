/** A flood of sign-ins against the built server, from as many addresses as it takes. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiAnswer, api } from "../support/api.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";

const LOGINS = times(200, 10_000, 10_000);
const ROUNDS = times(1, 5, 20);
const AT_ONCE = 64;
const PASSWORD = "una frase bastante larga";
const HOME = "198.51.100.7";

let server: ServerProcess;
let call: ReturnType<typeof api>;
let owner: string;

beforeAll(async () => {
  server = await spawnServer({ RATE_LIMITS: "on", TRUST_PROXY: "loopback" });
  call = api(server.url);
  owner = await register();
});
afterAll(() => server.close());

let addresses = 0;
/** One in a network that has never been here. */
function newAddress(): string {
  const n = addresses++;
  return `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`;
}

function login(email: string, password: string, address: string): Promise<ApiAnswer> {
  return call("POST", "/auth/login", { email, password }, { headers: { "x-forwarded-for": address } });
}

async function register(): Promise<string> {
  const email = `${randomUUID()}@cinema.test`;
  const headers = { "x-forwarded-for": HOME };
  const made = await call("POST", "/auth/register", { name: "Eva", email, password: PASSWORD }, { headers });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return email;
}

/** How often each status came, and whether every refusal for haste said how long to wait. */
interface Flood {
  statuses: Map<number, number>;
  saysWhen: boolean;
}

async function flood(guess: () => Promise<ApiAnswer>): Promise<Flood> {
  const statuses = new Map<number, number>();
  let saysWhen = true;
  let left = LOGINS;
  const guesser = async () => {
    while (left-- > 0) {
      const { status, headers } = await guess();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 429 && !(Number(headers.get("retry-after")) > 0)) saysWhen = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, guesser));
  return { statuses, saysWhen };
}

/** The owner comes in while the flood is on; told to come back, they do. */
const ownerComesIn = () =>
  eventually(async () => (await login(owner, PASSWORD, HOME)).status === 200, 10_000, "the owner's sign-in");

/** Of the server's event loop since it was last asked. */
async function lagP99(): Promise<string> {
  const figures = await (await fetch(`${server.url}/metrics`)).text();
  return `${(Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(figures)?.[1]) * 1000).toFixed(1)} ms`;
}

/** What the machine itself takes, to hold the other against. */
async function idleLag(): Promise<string> {
  await lagP99();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return lagP99();
}

/** Medians of the same number of tries, in turn: what else the machine does meets both. */
async function mediansMs(guesses: readonly (() => Promise<ApiAnswer>)[]): Promise<number[]> {
  const taken = guesses.map((): number[] => []);
  for (let n = 0; n < 9; n++) {
    for (const [place, guess] of guesses.entries()) {
      const before = performance.now();
      expect((await guess()).status).toBe(401);
      taken[place]?.push(performance.now() - before);
    }
  }
  return taken.map((all) => all.sort((a, b) => a - b)[4] ?? 0);
}

describe("a flood of sign-ins", () => {
  it("[A87] on one account gets ten guesses, then waits; the owner comes in all the while", async () => {
    const idle = await idleLag();
    for (let round = 0; round < ROUNDS; round++) {
      const victim = await register();
      const started = Date.now();
      const [{ statuses, saysWhen }] = await Promise.all([
        flood(() => login(victim, "wrong wrong wrong", newAddress())),
        ownerComesIn(),
      ]);
      // One more guess after each wait: 1, 2, 4 ... seconds.
      const waits = Math.floor(Math.log2((Date.now() - started) / 1_000 + 1)) + 1;
      expect([...statuses.keys()].sort()).toEqual([401, 429]);
      expect(statuses.get(401)).toBeGreaterThanOrEqual(10);
      expect(statuses.get(401)).toBeLessThanOrEqual(10 + waits);
      expect(saysWhen).toBe(true);
      expect((await login(victim, PASSWORD, HOME)).status).toBe(200);
    }
    console.log(`${LOGINS} sign-ins on one account: event loop lag p99 ${await lagP99()}, idle ${idle}`);
  }, 600_000);

  it("[A87] on as many accounts hashes few at once and tells the others to come back; the owner comes in", async () => {
    const idle = await idleLag();
    for (let round = 0; round < ROUNDS; round++) {
      const [{ statuses, saysWhen }] = await Promise.all([
        flood(() => login(`${randomUUID()}@nobody.test`, "wrong wrong wrong", newAddress())),
        ownerComesIn(),
      ]);
      expect([...statuses.keys()].sort()).toEqual([401, 429]);
      expect(saysWhen).toBe(true);
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    }
    console.log(`${LOGINS} sign-ins on as many accounts: event loop lag p99 ${await lagP99()}, idle ${idle}`);
  }, 600_000);

  it("[A8 A87] an unknown address takes the time of a known one", async () => {
    const known = await register();
    const [there = 0, not = 0] = await mediansMs([
      () => login(known, "wrong wrong wrong", newAddress()),
      () => login(`${randomUUID()}@nobody.test`, "wrong wrong wrong", newAddress()),
    ]);
    console.log(`a wrong password: ${there.toFixed(0)} ms; an unknown address: ${not.toFixed(0)} ms`);
    expect((await login(known, PASSWORD, HOME)).status).toBe(200);
  });
});
