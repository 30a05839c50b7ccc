import type { SessionAnswer, User } from "../../../server/protocol/resources.ts";
import { createApi } from "../../../ui/connection/api.ts";
import { type CustomerSession, createCustomerSession } from "../../../ui/connection/customer.ts";
import { createDeviceSession, type DeviceSession } from "../../../ui/connection/device.ts";
import { createGuestSession, type Session } from "../../../ui/connection/guest.ts";
import type { Look } from "../../../ui/look.ts";
import { spokenLanguage } from "../../../ui/words/language.ts";
import type { Mode } from "./shop.ts";

/** Whose token goes with everything: a kiosk's visit, or somebody at home. */
export interface VisitorSession {
  session: Session;
  /** Null at home. */
  device: DeviceSession | null;
  /** Null at a kiosk, where nobody signs in. */
  customer: CustomerSession | null;
}

/** `onEnd`: a customer's session ended without their doing. */
export function createVisitorSession(mode: Mode, onEnd: () => void): VisitorSession {
  const api = createApi({ token: () => null, renew: async () => false });
  if (mode === "kiosk") {
    const device = createDeviceSession({ api });
    return { session: device, device, customer: null };
  }
  const guest = createGuestSession({
    open: (token) => api.post<SessionAnswer>("/auth/guest", {}, { token }),
    memory: sessionStorage,
  });
  const customer = createCustomerSession({ guest, api, memory: localStorage, onEnd });
  return { session: customer, device: null, customer };
}

/** Told who is here: somebody else goes on in their own language, on a link of their own. */
export function followUser(look: Look, restart: () => void): (user: User | null) => void {
  let before: string | undefined;
  return (user) => {
    if (user?.id === before) return;
    before = user?.id;
    const language = spokenLanguage(user?.preferences.language ?? "");
    if (language) look.language.value = language;
    restart();
  };
}
