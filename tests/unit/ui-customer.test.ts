import { describe, expect, it, vi } from "vitest";
import type { User } from "../../server/protocol/resources.ts";
import { createCustomerSession } from "../../ui/connection/customer.ts";
import { createGuestSession } from "../../ui/connection/guest.ts";

const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const ana = { id: "usr_ana", name: "Ana" } as User;
const refusal = (code: "unauthorized" | "unavailable") => ({ ok: false as const, code, message: "" });

function memory(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem(key: string, value: string) {
      kept[key] = value;
    },
    removeItem(key: string) {
      delete kept[key];
    },
  };
}

/** A visitor at home, in front of a server that answers `posts` in order. */
function visitor(posts: Record<string, unknown[]>, kept: Record<string, string> = {}) {
  let guests = 0;
  let now = 0;
  const tab = memory();
  const house = memory(kept);
  const onEnd = vi.fn();
  const open = async () => {
    const body = { token: `guest-${++guests}`, expiresAt: iso(now + 24 * HOUR_MS) };
    return { ok: true as const, status: 201, body };
  };
  const post = vi.fn(async (path: string, _body: unknown, _options?: { token?: string | null }) =>
    posts[path]?.shift(),
  );
  const guest = createGuestSession({ open, memory: tab, now: () => now });
  const session = createCustomerSession({ guest, api: { post } as never, memory: house, onEnd, now: () => now });
  const advance = (ms: number) => {
    now += ms;
  };
  return { session, post, tab, house, onEnd, advance };
}

const entered = (token: string, ms: number, user: User = ana) => ({
  ok: true,
  status: 200,
  body: { token, expiresAt: iso(ms), user },
});

describe("[K90] coming in", () => {
  it("takes the guest's session along, and drops the guest's own token", async () => {
    const { session, post, tab } = visitor({ "/auth/login": [entered("ana-1", HOUR_MS)] });
    expect(await session.ready()).toBe("guest-1");
    const answer = await session.enter("login", { email: "ana@example.test", password: "x" });
    expect(answer).toEqual({ ok: true, user: ana });
    expect(post.mock.calls[0]?.[2]).toEqual({ token: "guest-1" });
    expect([session.token(), session.user.value]).toEqual(["ana-1", ana]);
    expect(tab.kept).toEqual({});
  });

  it("a refusal leaves the guest as they were", async () => {
    const { session } = visitor({ "/auth/login": [refusal("unauthorized")] });
    await session.ready();
    expect(await session.enter("login", {})).toMatchObject({ ok: false, code: "unauthorized" });
    expect([session.token(), session.user.value]).toEqual(["guest-1", null]);
  });
});

describe("[K91] staying", () => {
  it("a reload goes on by the cookie; nothing kept is a secret", async () => {
    const first = visitor({ "/auth/register": [entered("ana-1", HOUR_MS)] });
    await first.session.enter("register", {});
    expect(first.house.kept).toEqual({ "butaca.customer": "customer" });
    const again = visitor({ "/auth/refresh": [entered("ana-2", HOUR_MS)] }, first.house.kept);
    await again.session.start();
    expect(again.post.mock.calls).toEqual([["/auth/refresh", { class: "customer" }, { token: null }]]);
    expect([await again.session.ready(), again.session.user.value?.name]).toEqual(["ana-2", "Ana"]);
  });

  it("a token is renewed before it ends, once for all who ask", async () => {
    const { session, post, advance } = visitor({
      "/auth/login": [entered("ana-1", HOUR_MS)],
      "/auth/refresh": [entered("ana-2", 2 * HOUR_MS)],
    });
    await session.enter("login", {});
    advance(HOUR_MS - 60_000);
    expect(await Promise.all([session.ready(), session.ready()])).toEqual(["ana-2", "ana-2"]);
    expect(post).toHaveBeenCalledTimes(2);
  });

  it("a session that was ended makes a guest of the visitor, and they hear of it", async () => {
    const { session, onEnd, house } = visitor({
      "/auth/login": [entered("ana-1", HOUR_MS)],
      "/auth/refresh": [refusal("unauthorized")],
    });
    await session.enter("login", {});
    expect(await session.renew()).toBe(true);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect([session.user.value, session.token(), house.kept]).toEqual([null, "guest-2", {}]);
  });

  it("a server that does not answer ends nothing", async () => {
    const kept = { "butaca.customer": "customer" };
    const posts = { "/auth/refresh": [refusal("unavailable"), refusal("unavailable"), entered("ana-1", HOUR_MS)] };
    const { session, onEnd } = visitor(posts, kept);
    await session.start();
    expect(await session.ready()).toBeNull();
    expect(await session.ready()).toBe("ana-1");
    expect(onEnd).not.toHaveBeenCalled();
  });

  it("what happens in other tabs takes no guest's seats away", async () => {
    const { session, house } = visitor({});
    await session.ready();
    house.setItem("butaca.customer", "customer");
    expect(await session.ready()).toBe("guest-1");
  });
});

it("[K92] signing out leaves nothing: who comes next is a new guest", async () => {
  const { session, post, tab, house } = visitor({ "/auth/login": [entered("ana-1", HOUR_MS)], "/auth/logout": [] });
  await session.enter("login", {});
  await session.leave();
  expect(post.mock.calls.at(-1)).toEqual(["/auth/logout", { class: "customer" }, { token: null }]);
  expect([session.token(), session.user.value, tab.kept, house.kept]).toEqual([null, null, {}, {}]);
  expect(await session.ready()).toBe("guest-2");
});
