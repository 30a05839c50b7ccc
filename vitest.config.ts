import { defineConfig } from "vitest/config";

const isShort = (process.env.BUTACA_COUNTS ?? "local") === "local";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    // No test's rule: what must be quick says so itself, and CI's machines are busy.
    testTimeout: 60_000,
    // Several servers and a browser, on a machine that is busy with another file.
    hookTimeout: 90_000,
    pool: "forks",
    // Short runs wait more than they work; long ones are about timing, and share nothing they need not.
    maxWorkers: isShort ? 3 : 2,
    // In a short run files take turns in a process: loading the server anew for each was a quarter of the work.
    isolate: !isShort,
  },
});
