import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig, VARIABLES } from "../../server/config.ts";
import { hasHaproxy } from "../support/haproxy.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { startService } from "../support/service.ts";

/** What docker-compose.yml and deploy/ say, judged without a Docker engine: by parsing, and by HAProxy itself. */

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const isThere = (file: string) => existsSync(join(ROOT, file));

interface Service {
  image?: string;
  command?: string;
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: string[] | Record<string, unknown>;
  stop_grace_period?: string;
  healthcheck?: { test?: string[] };
}

const compose = parse(read("docker-compose.yml"), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const servers = services.filter(([name]) => name.startsWith("server-"));
const [firstServer] = servers;

/** Made by whoever installs; everything else that is mounted is in the project. */
const MADE_LATER = new Set(["./deploy/tls"]);

/** As compose fills them in from a complete `.env`. */
function filledIn(text: string): string {
  const example = new Map(
    read("deploy/example.env")
      .split("\n")
      .map((line): [string, string] => [line.split("=")[0] ?? "", line.split("=")[1] ?? ""]),
  );
  return String(text).replace(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, how: string, rest: string) => {
    expect([...example.keys()], `deploy/example.env lacks ${name}`).toContain(name);
    return example.get(name) || (how === "-" ? rest : "a long password");
  });
}

describe("the compose file", () => {
  it("[O73] every service, volume and file that it names exists", () => {
    for (const [name, { depends_on = [], volumes = [], environment = {} }] of services) {
      const needs = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      for (const needed of needs) expect(Object.keys(compose.services), `${name} needs ${needed}`).toContain(needed);
      for (const [source = ""] of volumes.map((volume) => volume.split(":"))) {
        if (source.startsWith("./")) expect(MADE_LATER.has(source) || isThere(source), `${name}: ${source}`).toBe(true);
        else expect(Object.keys(compose.volumes), `${name}: ${source}`).toContain(source);
      }
      for (const value of Object.values(environment).map(filledIn)) {
        const host = /^(?:\w+:\/\/)?([a-z][a-z0-9-]*):\d+/.exec(value)?.[1];
        if (host !== undefined && host !== "localhost") expect(Object.keys(compose.services)).toContain(host);
      }
    }
    expect(filledIn(compose.services.haproxy?.environment?.CERTIFICATE ?? "")).toMatch(/^\/tls\//);
  });

  it("[O73] servers are given variables that count, with values that a server takes", () => {
    expect(servers.map(([name]) => name)).toEqual(["server-1", "server-2", "server-3"]);
    const given = firstServer?.[1].environment ?? {};
    expect(Object.keys(given).filter((name) => !VARIABLES.has(name))).toEqual([]);
    const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filledIn(value)]));
    const config = readConfig(env);
    expect(config).toMatchObject({ REDIS_URL: "redis://redis:6379", DEMO: false });
    for (const [name, { environment, stop_grace_period }] of servers) {
      expect(environment, name).toEqual(given);
      expect(Number.parseInt(stop_grace_period ?? "", 10), "a server may take 10 s to stop").toBeGreaterThan(10);
    }
  });

  it("[O73] MongoDB is a replica set that a server's URL names, and Redis keeps what it is told", () => {
    const { mongodb, redis } = compose.services;
    const set = /--replSet (\w+)/.exec(mongodb?.command ?? "")?.[1];
    expect(filledIn(firstServer?.[1].environment?.MONGODB_URL ?? "")).toContain(`replicaSet=${set}`);
    expect(read("deploy/mongodb/initiate.js")).toContain(`_id: "${set}"`);
    expect(redis?.command).toContain("--appendonly yes");
    expect(redis?.command).toContain("noeviction");
  });

  it("[O73] every image says which version it is", () => {
    for (const [name, { image }] of services)
      if (image !== "butaca") expect(image, name).toMatch(/^[a-z/]+:v?\d+(\.\d+)+$/);
  });
});

describe("the image", () => {
  const lines = read("Dockerfile")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => /^[A-Z]+ /.test(line));
  const stages = lines.join("\n").split(/^(?=FROM )/m);
  const last = stages.at(-1) ?? "";
  const argsOf = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  it("[O73] is made of files that exist and that the build is shown", () => {
    const shown = new Set(
      read(".dockerignore")
        .split("\n")
        .filter((line) => line.startsWith("!"))
        .map((line) => line.slice(1)),
    );
    for (const words of argsOf("COPY").map((args) => args.split(" "))) {
      if (words[0]?.startsWith("--from=")) continue;
      for (const source of words.slice(0, -1)) {
        expect(isThere(source), source).toBe(true);
        expect(shown.has(source), `${source} in .dockerignore`).toBe(true);
      }
    }
    for (const [, stage] of read("Dockerfile").matchAll(/--from=(\w+)/g))
      expect(
        stages.some((text) => text.split("\n")[0]?.endsWith(` AS ${stage}`)),
        stage,
      ).toBe(true);
  });

  it("[O73] runs Node 24 itself as process 1, as nobody in particular, without tools of development", () => {
    for (const stage of stages.filter((text) => text.startsWith("FROM"))) expect(stage).toMatch(/^FROM node:24-/);
    expect(last).toContain('CMD ["node", "dist/server/main.js"]');
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK .*\["node", "-e", .*\/health\/ready/m);
    expect(last).toContain("COPY --from=packages /butaca/node_modules node_modules");
    expect(stages.find((text) => text.includes(" AS packages"))).toContain("npm ci --omit=dev");
  });

  it("[O73] a server imports no package of development", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const files = readdirSync(join(ROOT, "server"), { recursive: true, encoding: "utf8" });
    const imported = files
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [
        ...read(join("server", file)).matchAll(/^(?:import |} from )[^"\n]*"((?:@[^/"]+\/)?[^./"][^/"]*)/gm),
      ])
      .map(([, name]) => name ?? "")
      .filter((name) => !name.startsWith("node:"));
    expect([...new Set(imported)].filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe("what the operator watches", () => {
  let server: TestServer;
  let figures: string;
  beforeAll(async () => {
    server = await startServer();
    await fetch(`${server.url}/health/live`);
    figures = await (await fetch(`${server.url}/metrics`)).text();
    if (hasHaproxy) figures += await haproxyFigures();
  });
  afterAll(() => server.close());

  async function haproxyFigures(): Promise<string> {
    const { dir, env } = await door();
    const haproxy = await startService({
      name: "haproxy",
      program: "/usr/bin/env",
      args: ({ port }) => [
        ...Object.entries({ ...env, STATS_BIND: `127.0.0.1:${port}` }).map(([name, value]) => `${name}=${value}`),
        ...["haproxy", "-db", "-f", join(ROOT, "deploy/haproxy/haproxy.cfg")],
      ],
      isReady: async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).ok,
      readyWithinMs: 10_000,
    });
    const text = await (await fetch(`http://127.0.0.1:${haproxy.port}/metrics`)).text();
    await haproxy.stop();
    await rm(dir, { recursive: true });
    return text;
  }

  /** A directory with a certificate, and what HAProxy is told; nobody has to reach it. */
  async function door() {
    const dir = await mkdtemp(join(tmpdir(), "butaca-door-"));
    const CERTIFICATE = join(dir, "door.pem");
    execFileSync(join(ROOT, "deploy/certificate.sh"), [CERTIFICATE]);
    const bind = { BIND: `unix@${dir}/door.sock`, STATS_BIND: `unix@${dir}/figures.sock` };
    const places = { SERVER_1: "server-1:3000", SERVER_2: "server-2:3000", SERVER_3: "127.0.0.1:3" };
    return { dir, env: { CERTIFICATE, ...bind, ...places } };
  }

  it.skipIf(!hasHaproxy)(
    "[O74] HAProxy itself accepts its configuration, and is given what that asks for",
    async () => {
      const { dir, env } = await door();
      const args = ["-c", "-f", join(ROOT, "deploy/haproxy/haproxy.cfg")];
      const judged = spawnSync("haproxy", args, { env: { PATH: process.env.PATH ?? "", ...env }, encoding: "utf8" });
      await rm(dir, { recursive: true });
      expect(judged.status, judged.stderr).toBe(0);
      const warnings = judged.stderr.split("\n").filter((line) => line.startsWith("[WARNING]"));
      // Places without a server are down, as they should be
      expect(warnings.filter((line) => !line.includes("could not resolve address"))).toEqual([]);
      const asked = [...read("deploy/haproxy/haproxy.cfg").matchAll(/"\$\{(\w+)\}"/g)].map(([, name]) => name);
      expect(Object.keys(compose.services.haproxy?.environment ?? {}).sort()).toEqual([...new Set(asked)].sort());
    },
  );

  /** Names of series, as far as an expression names any. */
  const seriesOf = (expression: string) =>
    [...expression.matchAll(/\b(?:butaca|nodejs|process|haproxy)_\w+/g)].map(([name]) => name);
  const isMeasured = (name: string) => new RegExp(`^${name}[{ ]`, "m").test(figures);
  const alerts = (
    parse(read("deploy/prometheus/alerts.yml")) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    }
  ).groups.flatMap(({ rules }) => rules);

  it.skipIf(!hasHaproxy)("[O78] everything that dashboard and alerts ask for is measured", () => {
    const dashboard = JSON.parse(read("deploy/grafana/dashboards/butaca.json")) as {
      panels: { title: string; targets?: { expr: string }[]; datasource?: { uid: string } }[];
    };
    const asked = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(asked.length).toBeGreaterThan(15);
    for (const expression of [...asked, ...alerts.map(({ expr }) => expr)]) {
      expect(expression.split("(").length, expression).toBe(expression.split(")").length);
      expect(
        seriesOf(expression).filter((name) => !isMeasured(name)),
        expression,
      ).toEqual([]);
    }
    const { datasources } = parse(read("deploy/grafana/provisioning/datasources/prometheus.yml"));
    for (const { datasource } of dashboard.panels)
      if (datasource !== undefined) expect(datasource.uid).toBe(datasources[0].uid);
  });

  it("[O78] Prometheus asks every service that has figures, and reads the alerts", () => {
    const config = parse(read("deploy/prometheus/prometheus.yml")) as {
      rule_files: string[];
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    for (const file of config.rule_files) expect(isThere(join("deploy/prometheus", file)), file).toBe(true);
    const targets = config.scrape_configs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
    const hosts = targets.map((target) => target.split(":")[0]);
    expect(hosts.sort()).toEqual(["haproxy", ...servers.map(([name]) => name)].sort());
  });

  it.skipIf(!hasHaproxy)("[O78] every alert is explained to the operator, by figures that are measured", () => {
    const page = read("docs/operations.md");
    expect([...new Set(seriesOf(page))].filter((name) => !isMeasured(name) && !isMeasured(`${name}_count`))).toEqual(
      [],
    );
    expect(alerts.length).toBeGreaterThan(8);
    for (const { alert } of alerts) expect(page, alert).toContain(`\`${alert}\``);
  });
});
