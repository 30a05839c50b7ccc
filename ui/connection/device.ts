import type { Device, SessionAnswer } from "../../server/protocol/resources.ts";
import type { Answer, Api } from "./api.ts";
import type { Session } from "./guest.ts";
import type { Outcome } from "./outcome.ts";

/**
 * An enrolled device and its visits. Everything lives in memory: what survives a restart is the
 * device's own HttpOnly cookie, nothing about a guest.
 */
export interface DeviceSession extends Session {
  /** Wakes the device from its cookie. `unauthorized`: not enrolled. */
  wake(): Promise<Outcome<object>>;
  /** Enrols it with a one-time code. */
  enrol(code: string): Promise<Outcome<{ device: Device }>>;
  /** A fresh session for the next guest; the holds of the one before end. */
  nextVisit(): Promise<Outcome<object>>;
  /** Drops the visit's token at once, so that nothing more happens in a guest's name. */
  forgetVisit(): void;
}

export interface DeviceDeps {
  /** An api without a session of its own: every call here names its token. */
  api: Pick<Api, "get" | "post">;
  now?: () => number;
}

/** Device and visit tokens are short-lived; renewed this long before their end. */
const RENEW_BEFORE_MS = 60_000;

const NOT_ENROLLED = { ok: false, code: "unauthorized", message: "This device is not enrolled" } as const;

export function createDeviceSession({ api, now = Date.now }: DeviceDeps): DeviceSession {
  let device: SessionAnswer | null = null;
  let visit: SessionAnswer | null = null;

  async function wake(): Promise<Outcome<object>> {
    // Asked first: to renew what is not there is an error in the browser's console.
    const known = await api.get<{ classes: string[] }>("/auth/sessions", {}, { token: null });
    if (!known.ok) return known;
    if (!known.body.classes.includes("device")) return NOT_ENROLLED;
    const answer = await api.post<SessionAnswer>("/auth/refresh", { class: "device" }, { token: null });
    if (!answer.ok) return answer;
    device = answer.body;
    return { ok: true };
  }

  function lives(session: SessionAnswer | null): session is SessionAnswer {
    return session !== null && Date.parse(session.expiresAt) - now() > RENEW_BEFORE_MS;
  }

  async function visitWith(token: string): Promise<Answer<SessionAnswer>> {
    const answer = await api.post<SessionAnswer>("/auth/device/visit", {}, { token });
    if (answer.ok) visit = answer.body;
    return answer;
  }

  async function nextVisit(): Promise<Outcome<object>> {
    if (!lives(device)) {
      const woken = await wake();
      if (!woken.ok) return woken;
    }
    const answer = await visitWith(device?.token ?? "");
    if (answer.ok || answer.code !== "unauthorized") return answer;
    const woken = await wake();
    return woken.ok ? visitWith(device?.token ?? "") : woken;
  }

  return {
    wake,
    async enrol(code) {
      const answer = await api.post<SessionAnswer & { device: Device }>("/auth/device", { code }, { token: null });
      if (!answer.ok) return answer;
      device = answer.body;
      return { ok: true, device: answer.body.device };
    },
    nextVisit,
    forgetVisit() {
      visit = null;
    },
    token: () => visit?.token ?? null,
    ready: async () => visit?.token ?? null,
    // Between two visits there is nothing to renew: the next one begins by `nextVisit` alone.
    renew: async () => visit !== null && (await nextVisit()).ok,
  };
}
