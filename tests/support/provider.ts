import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LedgerEntry, PROVIDER_COLLECTIONS } from "../../server/payment/simulated/attempts.ts";
import type { Callback } from "../../server/payment/simulated/callbacks.ts";
import { createSimulatedProvider, type SimulatedProvider } from "../../server/payment/simulated/provider.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { endWithUs } from "./process.ts";

export const PROVIDER_SECRET = "the secret of the tests";

export interface ProviderOptions {
  deliver?: (callback: Callback) => Promise<void>;
  now?: () => number;
}

export interface TestProvider {
  provider: SimulatedProvider;
  /** Closes it and opens it again on the same books, as a restart would. */
  reopen(): Promise<SimulatedProvider>;
  close(): Promise<void>;
}

/** The simulated provider in this process, on books of its own. */
export async function openProvider({ deliver, now = Date.now }: ProviderOptions = {}): Promise<TestProvider> {
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-provider-"));
  const open = async () => {
    const store = await openEmbeddedStore({ dataDir, collections: PROVIDER_COLLECTIONS });
    return createSimulatedProvider({ store, secret: PROVIDER_SECRET, clock: { now }, deliver });
  };
  let provider = await open();
  return {
    get provider() {
      return provider;
    },
    async reopen() {
      await provider.close();
      provider = await open();
      return provider;
    },
    async close() {
      await provider.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface ProviderProcess {
  url: string;
  ledger(): Promise<LedgerEntry[]>;
  close(): Promise<void>;
}

/** The simulated provider as a process of its own. */
export async function spawnProvider(): Promise<ProviderProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-provider-"));
  const entry = join(import.meta.dirname, "../../server/payment/simulated/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", entry], {
    env: { PATH: process.env.PATH ?? "", PORT: "0", DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the provider ended with ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const found = /listening on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    ledger: async () => (await (await fetch(`${url}/ledger`)).json()) as LedgerEntry[],
    async close() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await gone;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
