/**
 * The simulated provider as a process of its own, with its own synced file: what a crash of the cinema's
 * server cannot touch. `HOST`, `PORT` (0 picks one) and `DATA_DIR` as for the cinema. It trusts whoever
 * reaches it: keep it on the loopback.
 */
import type { AddressInfo } from "node:net";
import { openEmbeddedStore } from "../../store/embedded/store.ts";
import { PROVIDER_COLLECTIONS } from "./attempts.ts";
import type { Callback } from "./callbacks.ts";
import { createSimulatedProvider } from "./provider.ts";
import { createProviderServer } from "./server.ts";

const { HOST = "127.0.0.1", PORT = "0", DATA_DIR = "./provider-data" } = process.env;
/** A cinema that does not take a callback in this time is tried again later. */
const DELIVERY_TIMEOUT_MS = 2_000;

const store = await openEmbeddedStore({ dataDir: DATA_DIR, collections: PROVIDER_COLLECTIONS });
const provider = createSimulatedProvider({
  store,
  secret: "",
  pageUrl: ({ attemptId }) => `${address()}/pay/${encodeURIComponent(attemptId)}`,
  deliver: post,
});
const server = createProviderServer(provider);

server.listen(Number(PORT), HOST, () => process.stdout.write(`listening on ${address()}\n`));
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, close);

function address(): string {
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}

async function post({ body, headers }: Callback, url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const response = await fetch(url, {
    method: "POST",
    headers,
    body,
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the cinema answered ${response.status}`);
}

function close(): void {
  server.closeAllConnections();
  server.close(() => {
    provider.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
