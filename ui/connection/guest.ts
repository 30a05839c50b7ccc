import type { SessionAnswer } from "../../server/protocol/resources.ts";
import type { Memory } from "../look.ts";
import type { Answer } from "./api.ts";

/** Somebody's right to hold and buy: whose token goes with every request. */
export interface Session {
  /** The token as it is now; null when there is none yet. */
  token(): string | null;
  /** A token that lives, opened where that is possible without asking anybody; null when there is none now. */
  ready(): Promise<string | null>;
  /** Asks for a new token after a refusal; false when there is none to be had now. */
  renew(): Promise<boolean>;
}

export interface GuestSession extends Session {
  /** Drops the session on this side: the next token belongs to somebody new. */
  forget(): void;
}

export interface GuestDeps {
  /** `POST /auth/guest`, with the token to renew or null for a new guest. */
  open(token: string | null): Promise<Answer<SessionAnswer>>;
  /** `sessionStorage`: the session lives as long as the tab, so that a reload keeps the seats. */
  memory?: Memory;
  now?: () => number;
}

const MEMORY_KEY = "butaca.guest";
/** Renewed this long before it ends, so that no purchase meets an expired token half-way. */
const RENEW_BEFORE_MS = 60 * 60_000;

/** The session of someone who did not sign in. At most one request for a token is under way at a time. */
export function createGuestSession(deps: GuestDeps): GuestSession {
  const now = deps.now ?? Date.now;
  let session = recall(deps.memory);
  let opening: Promise<boolean> | null = null;

  function open(from: string | null): Promise<boolean> {
    opening ??= ask(from).finally(() => {
      opening = null;
    });
    return opening;
  }

  async function ask(from: string | null): Promise<boolean> {
    const answer = await deps.open(from);
    if (!answer.ok && answer.code === "unauthorized" && from !== null) return ask(null);
    if (!answer.ok) return false;
    session = { token: answer.body.token, expiresAt: answer.body.expiresAt };
    deps.memory?.setItem(MEMORY_KEY, JSON.stringify(session));
    return true;
  }

  return {
    token: () => session?.token ?? null,
    async ready() {
      const leftMs = session ? Date.parse(session.expiresAt) - now() : 0;
      if (leftMs < RENEW_BEFORE_MS) await open(leftMs > 0 ? (session?.token ?? null) : null);
      return session?.token ?? null;
    },
    renew: () => open(session?.token ?? null),
    forget() {
      session = null;
      deps.memory?.removeItem(MEMORY_KEY);
    },
  };
}

function recall(memory: Memory | undefined): SessionAnswer | null {
  try {
    const kept = JSON.parse(memory?.getItem(MEMORY_KEY) ?? "null");
    return typeof kept?.token === "string" && typeof kept?.expiresAt === "string" ? kept : null;
  } catch {
    return null;
  }
}
