import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { type RawSocket, rawSocket } from "../support/raw-sockets.ts";
import { connect, type Edge, guest, handshakeRefusal, startEdge } from "../support/sockets.ts";
import { visitorsOf } from "../support/visitors.ts";

let edge: Edge;
const { someone } = visitorsOf(() => edge.url);
let silent: RawSocket;
let silentSince = 0;
beforeAll(async () => {
  edge = await startEdge();
  silent = await rawSocket(edge.port, { handshake: false });
  silentSince = Date.now();
});
afterAll(() => edge.close());

describe("the handshake", () => {
  it.each([
    ["no auth at all", {}, "unauthorized"],
    ["no token", { protocol: 1 }, "unauthorized"],
    ["an empty token", { token: "", protocol: 1 }, "unauthorized"],
    ["a token that is no text", { token: { toString: "x" }, protocol: 1 }, "unauthorized"],
    ["a wrong token", { token: "wrong", protocol: 1 }, "unauthorized"],
    ["no protocol", { token: "ses_1" }, "protocol_unsupported"],
    ["a later protocol", { token: "ses_1", protocol: 2 }, "protocol_unsupported"],
    ["a protocol as text", { token: "ses_1", protocol: "1" }, "protocol_unsupported"],
    ["all that is needed", { token: "ses_1", protocol: 1 }, "connected"],
  ])("[D30] with %s", async (_, auth, code) => {
    edge.people.set("wrong", null);
    expect(await handshakeRefusal(edge.url, { auth })).toBe(code);
  });

  it("[D31] lost infrastructure refuses as unavailable, a bug as internal, and neither says more", async () => {
    const { StoreUnavailable } = await import("../../server/store/port.ts");
    const failing = async (error: Error) => {
      const broken = await startEdge();
      broken.people.get = () => {
        throw error;
      };
      broken.people.has = () => true;
      const code = await handshakeRefusal(broken.url, { auth: { token: "x", protocol: 1 } });
      await broken.close();
      return code;
    };
    expect(await failing(new StoreUnavailable("secret"))).toBe("unavailable");
    expect(await failing(new Error("secret"))).toBe("internal");
  });

  it("[D32] only websockets: polling is refused", async () => {
    const response = await fetch(`${edge.url}/socket.io/?EIO=4&transport=polling`);
    expect(response.status).toBe(400);
  });

  it("[D34] a stranger who talks before or instead of the handshake is cut", async () => {
    const talker = await rawSocket(edge.port, { handshake: false });
    for (let i = 0; i < 50; i++) talker.send(`40{"token":"","protocol":${i}}`);
    await talker.closed(5_000);
    const early = await rawSocket(edge.port, { handshake: false });
    early.send('420["hold:resume",{"showtimeId":"sht_a"}]');
    await early.closed(5_000);
    expect(early.received.filter((frame) => frame.startsWith("43"))).toEqual([]);
  });

  it("[D35] one connection is one caller: a second handshake on it closes it", async () => {
    const greedy = await rawSocket(edge.port, { token: "ses_greedy" });
    greedy.send('40{"token":"ses_other","protocol":1}');
    await greedy.closed(5_000);
    await eventually(() => edge.live.stats().connections === 0);
  });

  it("[D36] a client that leaves its namespace is closed", async () => {
    const leaver = await rawSocket(edge.port, { token: "ses_leaver" });
    leaver.send("41");
    await leaver.closed(5_000);
  });
});

describe("origins", () => {
  const OWN = "own";
  let guarded: Edge;
  beforeAll(async () => {
    const config = { ALLOWED_ORIGINS: ["https://shop.example"], PUBLIC_URL: "https://tickets.example/buy" };
    guarded = await startEdge({ config });
  });
  afterAll(() => guarded.close());
  it.each<[string | undefined, boolean]>([
    [undefined, true],
    [OWN, true],
    ["https://shop.example", true],
    ["https://tickets.example", true],
    ["HTTPS://SHOP.example", true],
    ["null", false],
    ["", false],
    ["file://", false],
    ["http://shop.example", false],
    ["https://shop.example:8443", false],
    ["https://shop.example.evil.test", false],
    ["https://evil.test/https://shop.example", false],
    ["https://shop.example@evil.test", false],
    ["https://shop.example/", false],
    ["https://shop.example evil.test", false],
    ["https://evilshop.example", false],
    ["https://sub.shop.example", false],
    ["https://shop.example.", false],
    ["http://127.0.0.1", false],
    ["http://localhost", false],
    ["javascript:alert(1)", false],
    ["https://shop.example, https://evil.test", false],
  ])("[D37] %s may connect: %s", async (origin, isAllowed) => {
    const value = origin === OWN ? guarded.url : origin;
    const headers = value === undefined ? undefined : { origin: value };
    const code = await handshakeRefusal(guarded.url, { auth: { token: "ses_1", protocol: 1 }, headers });
    expect(code).toBe(isAllowed ? "connected" : "forbidden");
  });

  it("[D37] by default only pages of this very host and port", async () => {
    const auth = { token: "ses_1", protocol: 1 };
    const from = (origin: string) => handshakeRefusal(edge.url, { auth, headers: { origin } });
    expect(await from(edge.url)).toBe("connected");
    expect(await from(edge.url.replace("http:", "https:"))).toBe("connected");
    expect(await from(`http://127.0.0.1:${edge.port + 1}`)).toBe("forbidden");
    expect(await from("https://shop.example")).toBe("forbidden");
  });
});

describe("trust ends", () => {
  it("[D39] a token that runs out cuts its socket within 5 s, and counts for nothing from its end on", async () => {
    const end = Math.floor(Date.now() / 1000) + 2;
    edge.people.set("short", guest("ses_short", { expiresAt: end }));
    const client = await someone("short");
    await client.do("hold:resume", { showtimeId: "sht_a" });
    await eventually(() => !client.socket.connected, 7_000);
    expect(Date.now()).toBeGreaterThanOrEqual(end * 1000);
    expect(Date.now()).toBeLessThan(end * 1000 + 5_000);
  });

  it("[D40] a token that no longer counts is refused on its next event, and the socket is closed", async () => {
    const client = await someone("ses_revoked");
    edge.people.set("ses_revoked", null);
    expect(await client.refused("hold:resume", { showtimeId: "sht_a" })).toMatchObject({ code: "unauthorized" });
    await eventually(() => !client.socket.connected);
  });

  it.each([
    ["session", "ses_staff"],
    ["user", "usr_1"],
    ["device", "dev_1"],
  ] as const)("[D41] a revoked %s cuts its sockets and nobody else's", async (kind, subjectId) => {
    const principal = guest("ses_staff", { class: "staff", userId: "usr_1", deviceId: "dev_1" });
    edge.people.set("staff", principal);
    const [revoked, other] = [await someone("staff"), await someone("ses_other")];
    edge.revoke({ kind, subjectId });
    await eventually(() => !revoked.socket.connected);
    expect(other.socket.connected).toBe(true);
  });

  it("[D42] rights that are taken away stop what they showed", async () => {
    edge.people.set("boss", guest("ses_boss", { class: "staff", permissions: new Set(["seats:details", "sell"]) }));
    const [boss, buyer] = [await someone("boss"), await someone("ses_buyer")];
    await boss.do("seats:watch-details", { showtimeId: "sht_a" });
    edge.people.set("boss", guest("ses_boss", { class: "staff", permissions: new Set(["sell"]) }));
    let turns = 0;
    /** Whether a change is shown to the boss, for which it would have 700 ms. */
    const isBlind = async () => {
      const before = boss.heard("seats:details").length;
      const request = { requestId: `rights-${++turns}`, showtimeId: "sht_a" };
      if (turns % 2 === 1) await buyer.do("seats:hold", { ...request, seats: ["A1"] });
      else await buyer.do("seats:release", request);
      await new Promise((resolve) => setTimeout(resolve, 700));
      return boss.heard("seats:details").length === before;
    };
    // Told by nobody, the server notices within seconds.
    await eventually(async () => (await isBlind()) && (await isBlind()), 10_000, "the end of what is shown");
    await buyer.do("seats:release", { requestId: "rights-end", showtimeId: "sht_a" });
    expect(await boss.refused("seats:watch-details", { showtimeId: "sht_a" })).toMatchObject({ code: "forbidden" });
  });
});

describe("limits", () => {
  it("[D43] too many events are answered rate_limited, far too many cut the socket; others notice nothing", async () => {
    const limited = await startEdge({ config: { RATE_LIMITS: "on" } });
    const [noisy, calm] = [await connect(limited.url, "ses_noisy"), await connect(limited.url, "ses_calm")];
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => noisy.ask("hold:resume", { showtimeId: "sht_a" })),
    );
    const refused = answers.filter((answer) => !answer.ok);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(90);
    expect(refused[0]).toMatchObject({ error: { code: "rate_limited", retryAfterMs: expect.any(Number) } });
    for (let i = 0; i < 2_000; i++) noisy.socket.emit("hold:resume", { showtimeId: "sht_a" });
    await eventually(() => !noisy.socket.connected);
    expect((await calm.ask("hold:resume", { showtimeId: "sht_a" })).ok).toBe(true);
    calm.close();
    await limited.close();
  });

  it("[D44] RATE_LIMITS=off lifts them", async () => {
    const client = await someone("ses_load");
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => client.ask("hold:resume", { showtimeId: "sht_a" })),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  });

  it("[D45] too many connections from one address are refused as rate_limited, then not answered", async () => {
    const limited = await startEdge({
      config: { RATE_LIMITS: "on", TRUST_PROXY: ["loopback"] },
      rates: { connects: { burst: 20, perSecond: 0.001 } },
    });
    const from = (address: string) =>
      handshakeRefusal(limited.url, {
        auth: { token: "ses_1", protocol: 1 },
        headers: { "x-forwarded-for": address },
      });
    const crowd: string[] = [];
    for (let i = 0; i < 30; i++) crowd.push(await from("192.0.2.1"));
    expect(new Set(crowd.slice(0, 20))).toEqual(new Set(["connected"]));
    expect(new Set(crowd.slice(20))).toEqual(new Set(["rate_limited"]));
    expect(await from("192.0.2.2")).toBe("connected");
    await limited.close();
  });

  it("[D46] a message above 16 KB ends its connection with 1009, one below is judged", async () => {
    const big = await rawSocket(edge.port, { token: "ses_big" });
    big.send(`421["hold:resume",{"showtimeId":"${"x".repeat(16_000)}"}]`);
    await eventually(() => big.received.find((frame) => frame.startsWith("431") && frame.includes("invalid_request")));
    big.send(`422["hold:resume",{"showtimeId":"${"x".repeat(17_000)}"}]`);
    expect(await big.closed(5_000)).toBe(1009);
  });
});

describe("closing", () => {
  it("[D33] a socket that proves nothing is closed after 5 s", async () => {
    await silent.closed(8_000);
    expect(Date.now() - silentSince).toBeGreaterThan(4_000);
    expect(silent.closedAt() - silentSince).toBeLessThan(7_000);
  });

  it("[D47] tells every client when to come back, then ends all sockets, the silent ones too, within a second", async () => {
    const closing = await startEdge();
    const polite = await connect(closing.url, "ses_polite");
    const frozen = await rawSocket(closing.port, { token: "ses_frozen" });
    frozen.stopReading();
    const reasons: string[] = [];
    polite.socket.on("disconnect", (reason) => reasons.push(reason));
    const since = Date.now();
    await closing.close();
    expect(Date.now() - since).toBeLessThan(1_000);
    expect((await polite.hears("server:closing")).reconnectInMs).toBeGreaterThan(0);
    await eventually(() => reasons.length > 0);
    expect(reasons).toEqual(["transport close"]);
    frozen.destroy();
  });
});
