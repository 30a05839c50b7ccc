/**
 * Runs the tests and ends with one line: `N passed, N failed, N skipped`.
 * `--counts local|ci|nightly`: how often races and faults repeat (default local).
 * Other arguments go to vitest. With CI set, a skipped test fails the run: a missing service is a failure there.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const args = process.argv.slice(2);
const at = args.indexOf("--counts");
const counts = at === -1 ? (process.env.BUTACA_COUNTS ?? "local") : args.splice(at, 2)[1];
const inCi = Boolean(process.env.CI);

const built = spawnSync(process.execPath, ["scripts/build.mjs", "--if-needed"], { stdio: "inherit" });
if (built.status !== 0) {
  console.log("0 passed, 1 failed, 0 skipped");
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "butaca-tests-"));
const report = join(folder, "report.json");
const run = spawnSync(
  join("node_modules", ".bin", "vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
  { stdio: "inherit", env: { ...process.env, BUTACA_COUNTS: counts } },
);
const { passed, failed, skipped } = tally(report);
rmSync(folder, { recursive: true, force: true });
if (inCi && skipped > 0) console.log(`${skipped} skipped: nothing may be skipped here`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(run.status !== 0 || failed > 0 || passed === 0 || (inCi && skipped > 0) ? 1 : 0);

function tally(file) {
  try {
    const result = JSON.parse(readFileSync(file, "utf8"));
    const brokenFiles = result.testResults.filter(
      (one) => one.status === "failed" && one.assertionResults.length === 0,
    );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + brokenFiles.length,
      // Not vitest's own count, which leaves out what stands in a skipped suite within a skipped one.
      skipped: result.numTotalTests - result.numPassedTests - result.numFailedTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
