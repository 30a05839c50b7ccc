import { defineConfig } from "vitest/config";

const isShort = (process.env.BUTACA_COUNTS ?? "local") === "local";
const TESTS = ["tests/**/*.test.ts", "tests/**/*.test.tsx"];
/** Suites that load other test files, which a process loads once only. */
const RELOADING = ["tests/**/*-mongodb.test.ts"];

export default defineConfig({
  test: {
    // No test's rule: what must be quick says so itself, and CI's machines are busy.
    testTimeout: 60_000,
    // Several servers and a browser, on a machine that is busy with another file.
    hookTimeout: 90_000,
    pool: "forks",
    // Short runs wait more than they work; long ones are about timing, and share nothing they need not.
    maxWorkers: isShort ? 3 : 2,
    // In a short run files take turns in one process: a server loaded anew for each was a fifth of the work.
    projects: isShort
      ? [
          { extends: true, test: { name: "alone", include: RELOADING } },
          { extends: true, test: { name: "together", include: TESTS, exclude: RELOADING, isolate: false } },
        ]
      : [{ extends: true, test: { name: "all", include: TESTS } }],
  },
});
