/**
 * The console: who works here, where they are, and the link that keeps every screen live.
 *
 * Layers: `state` (signals, no markup) / `ui/connection` / pure helpers / screens and parts. A screen
 * gets everything from the desk. Must never import anything of the server but its protocol.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Api, createApi } from "../../ui/connection/api.ts";
import { createLink, type Link } from "../../ui/connection/link.ts";
import { createLook, type Look } from "../../ui/look.ts";
import { createNotices, type Notices } from "../../ui/parts/Notices.tsx";
import { createKeys, type Keys } from "./state/keys.ts";
import { createQuestions, type Questions } from "./state/questions.ts";
import { createRoute, type Route } from "./state/route.ts";
import { createStaffSession, type StaffSession } from "./state/session.ts";
import { en } from "./words/en.ts";
import { es, type Words } from "./words/es.ts";

export interface Desk {
  api: Api;
  session: StaffSession;
  route: Route;
  look: Look;
  notices: Notices;
  questions: Questions;
  keys: Keys;
  words: ReadonlySignal<Words>;
  cinemaName: ReadonlySignal<string>;
  /** The link of who is signed in; null while nobody is. */
  link: ReadonlySignal<Link | null>;
  start(): Promise<void>;
}

interface PublicConfig {
  cinemaName: string;
  currency: string;
  timeZone: string;
}

/** Where the console keeps its language and theme: a desk belongs to the house, not to a guest. */
export function createDesk(): Desk {
  const look = createLook({ surface: "admin", theme: "light", memory: localStorage });
  const cinemaName = signal("Butaca");
  const link = signal<Link | null>(null);
  const api: Api = createApi({ token: () => session.token(), renew: () => session.renew() });
  const session: StaffSession = createStaffSession(api, localStorage);

  session.state.subscribe((now) => {
    const open = link.peek();
    if (now.status === "in" && open === null)
      link.value = createLink({ token: () => session.ready(), renew: () => session.renew() });
    if (now.status === "out" && open !== null) {
      open.close();
      link.value = null;
    }
  });

  return {
    api,
    session,
    route: createRoute(),
    look,
    notices: createNotices(),
    questions: createQuestions(),
    keys: createKeys(localStorage),
    words: computed(() => (look.language.value === "es" ? es : en)),
    cinemaName,
    link,
    async start() {
      const [config] = await Promise.all([
        api.get<PublicConfig>("/config", undefined, { token: null }),
        session.start(),
      ]);
      if (!config.ok) return;
      cinemaName.value = config.body.cinemaName;
      look.place.value = { timeZone: config.body.timeZone, currency: config.body.currency };
    },
  };
}

export const DeskContext = createContext<Desk | null>(null);

/** The desk around a component. Throws outside of `DeskContext`. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("no DeskContext around this component");
  return desk;
}
