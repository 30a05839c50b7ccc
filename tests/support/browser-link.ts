import type { Page, WebSocketRoute } from "playwright-core";

/** The socket between a page and the server, with a hand on it. */
export interface HeldLink {
  /** From now on nothing that the server pushes by this name arrives. */
  swallow(event: string): void;
  /** Everything arrives again; what was swallowed is lost. */
  pass(): void;
  /** Puts a push of the server's into the page. */
  inject(event: string, payload: object): void;
  /** Cuts the link; tries to come back fail until `mend`. */
  cut(): Promise<void>;
  mend(): void;
}

const OPEN_MS = 30;

/** Socket.IO's packet of an event without acknowledgement. */
const packet = (event: string, payload: object) => `42${JSON.stringify([event, payload])}`;

/** Takes the page's socket in hand. To be called before the page is opened. */
export async function holdLink(page: Page): Promise<HeldLink> {
  const swallowed = new Set<string>();
  let isCut = false;
  let current: WebSocketRoute | null = null;
  await page.routeWebSocket(/\/socket\.io\//, async (toPage) => {
    if (isCut) {
      // A socket that closes before it has opened would leave the page waiting.
      setTimeout(() => void toPage.close(), OPEN_MS);
      return;
    }
    current = toPage;
    const toServer = toPage.connectToServer();
    toServer.onMessage((message) => {
      const [, event = ""] = /^42\["([^"]+)"/.exec(String(message)) ?? [];
      if (!swallowed.has(event)) toPage.send(message);
    });
  });
  return {
    swallow: (event) => void swallowed.add(event),
    pass: () => swallowed.clear(),
    inject: (event, payload) => current?.send(packet(event, payload)),
    async cut() {
      isCut = true;
      await current?.close();
    },
    mend() {
      isCut = false;
    },
  };
}
