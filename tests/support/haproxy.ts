import { spawnSync } from "node:child_process";

const isInstalled = spawnSync("haproxy", ["-v"]).status === 0;
if (!isInstalled && process.env.CI) throw new Error("haproxy is not installed, and CI must not skip");

/** For `describe.skipIf(!hasHaproxy)`; missing under CI it is a failure. */
export const hasHaproxy: boolean = isInstalled;
