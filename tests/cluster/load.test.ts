import { describe, expect, it } from "vitest";
import { hasK6, loadtest } from "../support/k6.ts";

/** What it does where there is something to load is in `rolling.test.ts`. */
describe.skipIf(!hasK6)("the load test", () => {
  it("[O70] refuses to start, in one line, where nobody answers or nothing is known by that name", async () => {
    const nobody = await loadtest("browse", ["--url", "http://127.0.0.1:9"]);
    expect(nobody).toMatchObject({
      code: 1,
      output: "loadtest: no server answers at http://127.0.0.1:9 (ECONNREFUSED)\n",
    });
    const unknown = await loadtest("matinee", []);
    expect(unknown.code).toBe(1);
    expect(unknown.output).toMatch(/^loadtest: use: npm run loadtest -- SCENARIO, one of browse, [^\n]+\n$/);
  });
});
