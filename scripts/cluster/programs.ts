/** The programs that a cluster on one machine is made of, and where they are looked for. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

export interface Programs {
  redis: string;
  mongodb: string;
  haproxy: string;
  openssl: string;
}

interface Wanted {
  /** Tried in this order: files, then names on the PATH. */
  places: (string | undefined)[];
  /** How to get it. */
  from: string;
}

/** The version that `.ci/run` installs. */
const WIRE_SERVER = "SecantusDB==0.7.0b3";

const WANTED: Readonly<Record<keyof Programs, Wanted>> = {
  redis: { places: ["redis-server"], from: "redis-server (apt-get install redis-server)" },
  mongodb: {
    places: [process.env.SECANTUS, join(ROOT, ".cache/secantus/bin/secantusd-py"), "secantusd-py"],
    from: `secantusd-py, a MongoDB wire server (python3 -m venv .cache/secantus && .cache/secantus/bin/pip install ${WIRE_SERVER})`,
  },
  haproxy: { places: ["haproxy", "/usr/sbin/haproxy"], from: "haproxy (apt-get install haproxy)" },
  openssl: { places: ["openssl"], from: "openssl (apt-get install openssl)" },
};
const SERVER = join(ROOT, "dist/server/main.js");

/** All programs, or one line that names every one that is missing. */
export function findPrograms(): Programs | { missing: string } {
  const found = Object.fromEntries(Object.entries(WANTED).map(([name, { places }]) => [name, findOne(places)]));
  const missing = Object.entries(WANTED).flatMap(([name, { from }]) => (found[name] === undefined ? [from] : []));
  if (!existsSync(SERVER)) missing.push("dist/server (npm run build)");
  return missing.length > 0 ? { missing: missing.join(", ") } : (found as unknown as Programs);
}

function findOne(places: readonly (string | undefined)[]): string | undefined {
  for (const place of places) {
    if (place === undefined || place === "") continue;
    if (place.includes("/")) {
      if (existsSync(place)) return place;
    } else if (spawnSync("/bin/sh", ["-c", `command -v ${place}`]).status === 0) return place;
  }
  return undefined;
}
