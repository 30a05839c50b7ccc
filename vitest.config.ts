import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    maxWorkers: 2,
    // Two browser walks by keyboard fail about once in ten runs on a busy machine, cause not found yet. The reporter
    // shows every second try; on a laptop there is none.
    retry: process.env.CI ? 1 : 0,
  },
});
