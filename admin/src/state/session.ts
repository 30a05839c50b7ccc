import { type ReadonlySignal, signal } from "@preact/signals";
import type { Permission, SessionAnswer, User } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { Session } from "../../../ui/connection/guest.ts";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import type { Memory } from "../../../ui/look.ts";

/** Who works at this console. */
export type StaffState =
  | { status: "starting" }
  /** `refusal`: why the last try to sign in failed. */
  | { status: "out"; refusal?: Refusal }
  | { status: "entering" }
  | { status: "in"; user: User };

/**
 * The session of a member of staff. The token lives in memory; what survives a reload is an HttpOnly
 * cookie, and the bare fact that there is one. At most one renewal is under way at a time.
 */
export interface StaffSession extends Session {
  state: ReadonlySignal<StaffState>;
  may(permission: Permission): boolean;
  /** Goes on with the session of the cookie, if there is one. */
  start(): Promise<void>;
  signIn(email: string, password: string): Promise<void>;
  signOut(): Promise<void>;
}

/** No secret: says that asking for the session of the cookie is worth it. */
const MEMORY_KEY = "butaca.staff";

export function createStaffSession(api: Pick<Api, "get" | "post">, memory: Memory): StaffSession {
  const state = signal<StaffState>({ status: "starting" });
  let token: string | null = null;
  let renewing: Promise<boolean> | null = null;

  async function refresh(): Promise<boolean> {
    const answer = await api.post<SessionAnswer>("/auth/refresh", { class: "staff" }, { token: null });
    if (answer.ok) token = answer.body.token;
    else if (answer.code !== "unavailable") {
      memory.removeItem(MEMORY_KEY);
      leave();
    }
    return answer.ok;
  }

  function renew(): Promise<boolean> {
    renewing ??= refresh().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  function leave(refusal?: Refusal): void {
    token = null;
    state.value = { status: "out", refusal };
  }

  async function enter(): Promise<void> {
    const me = await api.get<User>("/me", undefined, { token });
    if (!me.ok) return leave(me);
    if ((me.body.permissions ?? []).length > 0) {
      memory.setItem(MEMORY_KEY, "here");
      state.value = { status: "in", user: me.body };
    } else leave({ ok: false, code: "forbidden", message: "no permissions" });
  }

  return {
    state,
    may(permission) {
      const now = state.value;
      return now.status === "in" && (now.user.permissions ?? []).includes(permission);
    },
    async start() {
      if (memory.getItem(MEMORY_KEY) !== null && (await renew())) await enter();
      else if (state.peek().status === "starting") leave();
    },
    async signIn(email, password) {
      state.value = { status: "entering" };
      const answer = await api.post<SessionAnswer>("/auth/login", { email, password }, { token: null });
      if (!answer.ok) return leave(answer);
      token = answer.body.token;
      await enter();
    },
    async signOut() {
      // By the cookie alone: a token that has just ended must not keep anyone signed in.
      await api.post("/auth/logout", { class: "staff" }, { token: null });
      memory.removeItem(MEMORY_KEY);
      leave();
    },
    token: () => token,
    ready: async () => token ?? ((await renew()) ? token : null),
    renew,
  };
}
