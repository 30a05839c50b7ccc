/**
 * The topology of docker-compose.yml as processes of one machine: Redis, a MongoDB wire server, the simulated
 * provider, built servers, and HAProxy with TLS in front, by the same configuration file.
 *
 * Promises: started, guests can buy through `url`; a server that joins gets guests before `join` resolves; one that
 * leaves has finished what it was doing; `stop` leaves no process and no file.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts, type Part, type PartDeps, startPart } from "./process.ts";
import { type Programs, ROOT } from "./programs.ts";

/** Places for servers in HAProxy's configuration, by the names they have there. */
const PLACES = ["one", "two", "three"] as const;
type Place = (typeof PLACES)[number];
/** HAProxy looks at a server that is down twice a second. */
const JOIN_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

export interface ClusterOptions {
  programs: Programs;
  /** Where HAProxy listens with TLS; 0 picks one. */
  port: number;
  /** Servers to begin with, 1 to 3. */
  servers: number;
  /** Added to the environment of every server. */
  env?: Record<string, string>;
  /** Told of each part as it is ready. */
  onReady?(name: string, address: string, pid?: number): void;
  /** Told of each part that ends and was not asked to. A server among them is still a member. */
  onLost?(name: string, how: string): void;
}

export interface Member extends Part {
  place: Place;
  /** The server itself, past HAProxy. */
  url: string;
}

export interface Cluster {
  /** Through HAProxy, `https://127.0.0.1:PORT`. */
  url: string;
  /** Figures of HAProxy. */
  figuresUrl: string;
  providerUrl: string;
  /** Trusted by whoever wants to reach `url`. */
  certificate: string;
  admin: { email: string; password: string };
  members(): readonly Member[];
  /** One more server, at a free place. Throws when there is none. */
  join(): Promise<Member>;
  /** Lets a server go as a service manager would, and answers its exit code. */
  leave(member: Member): Promise<number | null>;
  stop(): Promise<void>;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), "butaca-cluster-"));
  const parts: Part[] = [];
  const members: Member[] = [];
  const stop = async () => {
    await Promise.all(members.map((member) => member.end("SIGTERM")));
    for (const part of [...parts].reverse()) await part.end("SIGTERM");
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    return await build(options, { dir, parts, members, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Site {
  dir: string;
  parts: Part[];
  members: Member[];
  stop(): Promise<void>;
}

async function build(options: ClusterOptions, { dir, parts, members, stop }: Site): Promise<Cluster> {
  const { onReady = () => {}, onLost = () => {} } = options;
  const [redis = 0, mongodb = 0, provider = 0, figures = 0, door = 0, ...ports] = await freePorts(5 + PLACES.length);
  const port = options.port === 0 ? door : options.port;
  const certificate = join(dir, "door.pem");
  execFileSync(join(ROOT, "deploy/certificate.sh"), [certificate]);
  const url = `https://127.0.0.1:${port}`;
  const figuresUrl = `http://127.0.0.1:${figures}/metrics`;
  const at = { redis, mongodb, provider, figures, port, ports };

  const watched = (deps: PartDeps) => startPart({ ...deps, onLost: (how) => onLost(deps.name, how) });
  const start = async (deps: PartDeps, address: string) => {
    const part = await watched(deps);
    parts.push(part);
    onReady(deps.name, address, part.child.pid);
  };
  await Promise.all([
    start(redisPart(options, dir, redis), `redis://127.0.0.1:${redis}`),
    start(mongodbPart(options, dir, mongodb), `mongodb://127.0.0.1:${mongodb}`),
    start(providerPart(dir, provider, certificate), `http://127.0.0.1:${provider}`),
  ]);
  await start(haproxyPart(options, { dir, certificate, at }), url);

  const admin = {
    email: options.env?.ADMIN_EMAIL ?? process.env.ADMIN_EMAIL ?? "admin@butaca.local",
    password: options.env?.ADMIN_PASSWORD ?? process.env.ADMIN_PASSWORD ?? randomBytes(9).toString("base64url"),
  };
  const env = { ...serverEnv(at, url, admin), ...options.env };
  let joined = 0;

  async function admit(): Promise<Member> {
    const index = PLACES.findIndex((each) => members.every(({ place }) => place !== each));
    const place = PLACES[index];
    if (place === undefined) throw new Error(`there are ${PLACES.length} places for servers, and all are taken`);
    const part = await watched(serverPart({ dir, name: `server-${++joined}`, port: ports[index] ?? 0, env }));
    const member: Member = { ...part, place, url: `http://127.0.0.1:${ports[index]}` };
    members.push(member);
    await untilOpen(figuresUrl, place);
    onReady(member.name, member.url, member.child.pid);
    return member;
  }

  // The first alone: it makes the administrator and, where that is wanted, the demo cinema
  for (let count = 0; count < options.servers; count++) await admit();
  return {
    ...{ url, figuresUrl, certificate, admin, stop, join: admit },
    providerUrl: `http://127.0.0.1:${provider}`,
    members: () => members,
    async leave(member) {
      const code = await member.end("SIGTERM");
      members.splice(members.indexOf(member), 1);
      return code;
    },
  };
}

interface Ports {
  redis: number;
  mongodb: number;
  provider: number;
  figures: number;
  port: number;
  ports: number[];
}

function redisPart({ programs }: ClusterOptions, dir: string, port: number) {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes"];
  return { name: "redis", program: programs.redis, args, dir, isReady: () => answers(port) };
}

function mongodbPart({ programs }: ClusterOptions, dir: string, port: number) {
  const args = ["--port", String(port), "--storage-path", join(dir, "mongodb"), "--sync-on-commit"];
  return { name: "mongodb", program: programs.mongodb, args, dir, isReady: () => answers(port) };
}

function providerPart(dir: string, port: number, certificate: string) {
  return {
    name: "provider",
    program: process.execPath,
    args: [join(ROOT, "dist/server/payment/simulated/main.js")],
    env: {
      PATH: process.env.PATH ?? "",
      PORT: String(port),
      DATA_DIR: join(dir, "provider"),
      // Its callbacks come in through HAProxy like everybody else
      NODE_EXTRA_CA_CERTS: certificate,
    },
    dir,
    isReady: (log: string) => log.includes("listening on"),
  };
}

function haproxyPart({ programs }: ClusterOptions, site: { dir: string; certificate: string; at: Ports }) {
  const { dir, certificate, at } = site;
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    BIND: `127.0.0.1:${at.port}`,
    STATS_BIND: `127.0.0.1:${at.figures}`,
    CERTIFICATE: certificate,
  };
  for (const index of PLACES.keys()) env[`SERVER_${index + 1}`] = `127.0.0.1:${at.ports[index]}`;
  const args = ["-db", "-f", join(ROOT, "deploy/haproxy/haproxy.cfg")];
  return { name: "haproxy", program: programs.haproxy, args, env, dir, isReady: () => answers(at.figures) };
}

function serverEnv(at: Ports, url: string, admin: Cluster["admin"]): Record<string, string> {
  const given = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return {
    ...Object.fromEntries(given),
    HOST: "127.0.0.1",
    REDIS_URL: `redis://127.0.0.1:${at.redis}`,
    MONGODB_URL: `mongodb://127.0.0.1:${at.mongodb}/butaca`,
    SIMULATED_PROVIDER_URL: `http://127.0.0.1:${at.provider}`,
    PUBLIC_URL: url,
    TRUST_PROXY: "loopback",
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
  };
}

function serverPart(server: { dir: string; name: string; port: number; env: Record<string, string> }) {
  const { dir, name, port, env } = server;
  return {
    ...{ name, dir, program: process.execPath, args: [join(ROOT, "dist/server/main.js")] },
    env: { ...env, PORT: String(port) },
    // Not its log: LOG_LEVEL may have silenced it
    isReady: async () => (await get(`http://127.0.0.1:${port}/health/ready`)).ok,
  };
}

/** Waits until HAProxy sends guests to a place. */
async function untilOpen(figuresUrl: string, place: Place): Promise<void> {
  const wanted = `haproxy_server_status{proxy="cinema",server="${place}",state="UP"} 1`;
  for (const deadline = Date.now() + JOIN_WITHIN_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
    const figures = await (await get(figuresUrl)).text();
    if (figures.includes(wanted)) return;
  }
  throw new Error(`HAProxy does not find the server at place ${place} ready`);
}

/** Whoever has not answered by then is not ready. */
const ANSWER_MS = 2_000;

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => tell(true)).once("error", () => tell(false));
  });
}
