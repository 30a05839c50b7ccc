import { describe, expect, it, vi } from "vitest";
import type { SessionAnswer } from "../../server/protocol/resources.ts";
import { type Answer, createApi, freshKey } from "../../ui/connection/api.ts";
import { createDeviceSession } from "../../ui/connection/device.ts";
import { createGuestSession } from "../../ui/connection/guest.ts";

const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const reply = (status: number, body: unknown) =>
  new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });

describe("api", () => {
  it("sends the token as a header, never in the address, and the key of a repeatable request", async () => {
    const asked = vi.fn(async (_url: string, _init: RequestInit) => reply(201, { id: "ord_1" }));
    const api = createApi({ token: () => "secret", renew: async () => false, fetch: asked as never });
    const answer = await api.post<{ id: string }>("/orders", { a: 1 }, { idempotencyKey: "key-12345678" });
    expect(answer).toEqual({ ok: true, body: { id: "ord_1" }, status: 201 });
    const [url, init] = asked.mock.calls[0] ?? [];
    expect(url).toBe("/api/v1/orders");
    expect(init?.headers).toMatchObject({ authorization: "Bearer secret", "idempotency-key": "key-12345678" });
  });

  it("refusals and lost connections are values", async () => {
    const problem = { code: "hold_limit", detail: "no more", max: 10, status: 409 };
    const answers = [reply(409, problem), new Error("offline"), new Response("<html>", { status: 502 })];
    const asked = async () => {
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    };
    const api = createApi({ token: () => null, renew: async () => false, fetch: asked as never });
    expect(await api.get("/x")).toMatchObject({ ok: false, code: "hold_limit", max: 10 });
    expect(await api.get("/x")).toMatchObject({ ok: false, code: "unavailable" });
    expect(await api.get("/x")).toMatchObject({ ok: false, code: "unavailable" });
  });

  it("renews its session once after a 401, and only its own", async () => {
    let token = "old";
    const asked = vi.fn(async (_url: string, init: RequestInit) =>
      (init.headers as Record<string, string>).authorization === "Bearer new"
        ? reply(200, {})
        : reply(401, { code: "unauthorized", detail: "" }),
    );
    const renew = vi.fn(async () => {
      token = "new";
      return true;
    });
    const api = createApi({ token: () => token, renew, fetch: asked as never });
    expect((await api.get("/me")).ok).toBe(true);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(await api.get("/me", undefined, { token: "other" })).toMatchObject({ code: "unauthorized" });
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("keys are never the same twice", () => {
    expect(new Set(Array.from({ length: 1000 }, freshKey)).size).toBe(1000);
    expect(freshKey()).toMatch(/^[0-9a-f]{32}$/);
  });
});

function memory() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe("guest session", () => {
  const opened = (token: string, ms: number): Answer<SessionAnswer> => ({
    ok: true,
    status: 201,
    body: { token, expiresAt: iso(ms) },
  });

  it("is opened once, however many ask at the same time, and lives on in the tab", async () => {
    const open = vi.fn(async () => opened("one", 24 * HOUR_MS));
    const kept = memory();
    const session = createGuestSession({ open, memory: kept, now: () => 0 });
    expect(await Promise.all([session.ready(), session.ready()])).toEqual(["one", "one"]);
    expect(open).toHaveBeenCalledTimes(1);
    const reloaded = createGuestSession({ open, memory: kept, now: () => 0 });
    expect(await reloaded.ready()).toBe("one");
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("is renewed with its own token before it ends, so that seats are kept", async () => {
    let now = 0;
    const open = vi.fn(async (token: string | null) => opened(token === null ? "one" : "two", now + 24 * HOUR_MS));
    const session = createGuestSession({ open, now: () => now });
    await session.ready();
    now = 23.5 * HOUR_MS;
    expect(await session.ready()).toBe("two");
    expect(open).toHaveBeenLastCalledWith("one");
  });

  it("a token that no longer counts makes a new guest", async () => {
    const open = vi.fn(
      async (token: string | null): Promise<Answer<SessionAnswer>> =>
        token === null ? opened("fresh", 24 * HOUR_MS) : { ok: false, code: "unauthorized", message: "" },
    );
    const session = createGuestSession({ open, now: () => 0 });
    await session.ready();
    expect(await session.renew()).toBe(true);
    expect(session.token()).toBe("fresh");
  });
});

describe("[K17] device session", () => {
  function device(enrolled: boolean) {
    let visits = 0;
    const post = vi.fn(async (path: string, _body: unknown, options?: { token?: string | null }) => {
      if (path === "/auth/refresh" && !enrolled) return { ok: false, code: "unauthorized", message: "" };
      if (path === "/auth/device/visit" && options?.token !== "device")
        return { ok: false, code: "unauthorized", message: "" };
      const token = path === "/auth/device/visit" ? `visit-${++visits}` : "device";
      return { ok: true, status: 200, body: { token, expiresAt: iso(24 * HOUR_MS), device: { id: "dev_1" } } };
    });
    const get = async () => ({ ok: true, status: 200, body: { classes: enrolled ? ["device"] : [] } });
    return { post, session: createDeviceSession({ api: { get, post } as never, now: () => 0 }) };
  }

  it("each visit is a session of its own, opened with the device's token", async () => {
    const { session } = device(true);
    expect((await session.nextVisit()).ok).toBe(true);
    expect(session.token()).toBe("visit-1");
    await session.nextVisit();
    expect(await session.ready()).toBe("visit-2");
  });

  it("a visit that ended leaves no token behind, and nothing renews it", async () => {
    const { session, post } = device(true);
    await session.nextVisit();
    session.forgetVisit();
    const before = post.mock.calls.length;
    expect(session.token()).toBeNull();
    expect(await session.ready()).toBeNull();
    expect(await session.renew()).toBe(false);
    expect(post.mock.calls.length).toBe(before);
  });

  it("a device that is not enrolled says so", async () => {
    const { session, post } = device(false);
    expect(await session.nextVisit()).toMatchObject({ ok: false, code: "unauthorized" });
    expect(post).not.toHaveBeenCalled();
    expect((await session.enrol("ACDE-3479")).ok).toBe(true);
    expect((await session.nextVisit()).ok).toBe(true);
  });
});
