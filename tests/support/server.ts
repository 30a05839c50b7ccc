import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, buildApp } from "../../server/app.ts";
import { type Config, readConfig } from "../../server/config.ts";
import { type Overrides, openStore } from "../../server/parts.ts";
import type { Store } from "../../server/store/port.ts";

export interface TestServer {
  app: App;
  url: string;
  dataDir: string;
  /** Whether its documents are in MongoDB. */
  inMongo: boolean;
  close(): Promise<void>;
}

/** The administrator of every test server. */
export const ADMIN = { email: "admin@butaca.test", password: "correct horse battery" };

/** What servers are given that name no store; by the folder that they share, or that is made for them. */
let storeOf: (dataDir: string) => Record<string, string> = () => ({});

/** From now on servers of this process have their documents where this says. */
export function keepServersIn(where: typeof storeOf): void {
  storeOf = where;
}

/**
 * A whole server in this process, on a free port, with a store of its own. `env` overrides the
 * environment; a `DATA_DIR` given there is kept, one made here is removed on close.
 */
export async function startServer(env: Record<string, string> = {}, overrides: Overrides = {}): Promise<TestServer> {
  const made = env.DATA_DIR === undefined ? await mkdtemp(join(tmpdir(), "butaca-")) : undefined;
  const dataDir = env.DATA_DIR ?? (made as string);
  const config = configOf(dataDir, env);
  const app = await buildApp(config, overrides);
  const url = await app.listen();
  return {
    app,
    url,
    dataDir,
    inMongo: config.MONGODB_URL !== undefined,
    async close() {
      await app.close();
      if (made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}

/** The store of the servers in this folder, while none of them runs. */
export function openServerStore(dataDir: string): Promise<Store> {
  return openStore(configOf(dataDir));
}

function configOf(dataDir: string, env: Record<string, string> = {}): Config {
  return readConfig({
    PORT: "0",
    DEMO: "0",
    LOG_LEVEL: "silent",
    RATE_LIMITS: "off",
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...storeOf(dataDir),
    ...env,
    DATA_DIR: dataDir,
  });
}
