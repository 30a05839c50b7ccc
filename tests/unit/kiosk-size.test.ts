import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { afterEach, expect, it, vi } from "vitest";

/** What a lobby's Wi-Fi on a busy evening delivers in a blink. */
const FIRST_LOAD_MAX_BYTES = 45 * 1024;

afterEach(() => vi.unstubAllEnvs());

it("[K26] the kiosk's first load is at most 45 KB of JavaScript, gzipped", async () => {
  // Under a test runner's NODE_ENV libraries would come in their talkative versions.
  vi.stubEnv("NODE_ENV", "production");
  const options = { write: false, rollupOptions: { input: ["kiosk/index.html", "admin/index.html"] } };
  const built = (await build({ logLevel: "silent", build: options })) as Rolldown.RolldownOutput;
  const chunks = new Map(
    built.output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])),
  );
  const entry = [...chunks.values()].find((chunk) => chunk.isEntry && chunk.facadeModuleId?.includes("/kiosk/"));
  expect(entry).toBeDefined();

  const first = new Set<string>();
  const follow = (name: string) => {
    if (first.has(name)) return;
    first.add(name);
    for (const next of chunks.get(name)?.imports ?? []) follow(next);
  };
  follow(entry?.fileName ?? "");
  const sizes = [...first].map((name) => gzipSync(chunks.get(name)?.code ?? "", { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`first load: ${(total / 1024).toFixed(1)} KB gzipped in ${first.size} files`);
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
});
