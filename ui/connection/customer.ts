import { type ReadonlySignal, signal } from "@preact/signals";
import type { SessionAnswer, User } from "../../server/protocol/resources.ts";
import type { Memory } from "../look.ts";
import type { Api } from "./api.ts";
import type { GuestSession, Session } from "./guest.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Somebody at home: a guest until they sign in, a customer until they sign out. Seats and orders of the guest are
 * the customer's, because it is one session under two names. The customer's token lives in memory; what survives a
 * reload is an HttpOnly cookie, and the bare fact that there is one.
 */
export interface CustomerSession extends Session {
  /** Who is signed in; null for a guest. */
  user: ReadonlySignal<User | null>;
  /** Goes on with the session of the cookie, if there is one. Without an answer the link asks again. */
  start(): Promise<void>;
  /** Signs in or makes an account, and takes the guest's seats and orders along. */
  enter(how: "login" | "register", body: object): Promise<Outcome<{ user: User }>>;
  /** The account has just been changed, or read again. */
  update(user: User): void;
  /** Ends the session, also when the server can't be told. The seats of the session go free. */
  leave(): Promise<void>;
}

export interface CustomerDeps {
  guest: GuestSession;
  /** An api without a session of its own: every call here names its token. */
  api: Pick<Api, "post">;
  memory: Memory;
  /** The session ended by itself: too old, signed out elsewhere, disabled. */
  onEnd(): void;
  now?: () => number;
}

/** Staff may buy at home, too; their cookie is another one. */
type UserClass = "customer" | "staff";
type Entered = SessionAnswer & { user: User };

/** No secret: says that asking for the session of the cookie is worth it. */
const MEMORY_KEY = "butaca.customer";
/** Tokens live an hour: renewed early enough for a payment to end with the token it began with. */
const RENEW_BEFORE_MS = 5 * 60_000;

export function createCustomerSession({ guest, api, memory, onEnd, now = Date.now }: CustomerDeps): CustomerSession {
  const user = signal<User | null>(null);
  /** Of this tab: what other tabs do later must not take this one's seats away. */
  let userClass: UserClass | null = null;
  let current: SessionAnswer | null = null;
  let renewing: Promise<boolean> | null = null;

  function remembered(): UserClass | null {
    const kept = memory.getItem(MEMORY_KEY);
    return kept === "customer" || kept === "staff" ? kept : null;
  }

  function take(entered: Entered): void {
    current = entered;
    userClass = entered.user.permissions ? "staff" : "customer";
    memory.setItem(MEMORY_KEY, userClass);
    // The guest's token names the same session: it would outlive the customer's signing out.
    guest.forget();
    user.value = entered.user;
  }

  function becomeGuest(): void {
    current = null;
    userClass = null;
    memory.removeItem(MEMORY_KEY);
    guest.forget();
    user.value = null;
  }

  async function refresh(): Promise<boolean> {
    const answer = await api.post<Entered>("/auth/refresh", { class: userClass }, { token: null });
    if (answer.ok) take(answer.body);
    else if (answer.code === "unauthorized") {
      const wasIn = user.peek() !== null;
      becomeGuest();
      if (wasIn) onEnd();
    }
    return answer.ok;
  }

  function renewUser(): Promise<boolean> {
    renewing ??= refresh().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function renew(): Promise<boolean> {
    if (userClass === null) return guest.renew();
    return (await renewUser()) || (userClass === null && (await guest.ready()) !== null);
  }

  return {
    user,
    token: () => current?.token ?? guest.token(),
    async ready() {
      const leftMs = current ? Date.parse(current.expiresAt) - now() : 0;
      if (userClass !== null && leftMs < RENEW_BEFORE_MS) await renewUser();
      return userClass === null ? guest.ready() : (current?.token ?? null);
    },
    renew,
    async start() {
      userClass = remembered();
      if (userClass !== null) await renewUser();
    },
    async enter(how, body) {
      const answer = await api.post<Entered>(`/auth/${how}`, body, { token: await guest.ready() });
      if (!answer.ok) return answer;
      take(answer.body);
      return { ok: true, user: answer.body.user };
    },
    update(next) {
      user.value = next;
    },
    async leave() {
      // By the cookie alone: a token that has just ended must not keep anyone signed in.
      if (userClass !== null) await api.post("/auth/logout", { class: userClass }, { token: null });
      becomeGuest();
    },
  };
}
