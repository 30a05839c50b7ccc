/**
 * `npm run cluster -- [--servers N] [--port N]`: the topology of docker-compose.yml on this machine, with the demo
 * cinema, until Ctrl-C. Nothing is kept. Variables of the servers are passed on (`RATE_LIMITS=off` for a load test).
 */
import { parseArgs } from "node:util";
import { type Cluster, startCluster } from "./cluster.ts";
import { findPrograms } from "./programs.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readOptions(args: string[]): { servers: number; port: number } | string {
  try {
    const { values } = parseArgs({
      args,
      options: { servers: { type: "string", default: "2" }, port: { type: "string", default: "8443" } },
    });
    const [servers, port] = [Number(values.servers), Number(values.port)];
    if (!Number.isInteger(servers) || servers < 1 || servers > 3) return "--servers must be 1, 2 or 3";
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return "--port must be a port";
    return { servers, port };
  } catch (error) {
    return (error as Error).message;
  }
}

/** A server that ends by itself is replaced, as a service manager would. */
async function replace(cluster: Cluster, name: string): Promise<void> {
  const member = cluster.members().find((each) => each.name === name);
  if (member === undefined) return say("It is not replaced here: Ctrl-C, and start again.");
  await cluster.leave(member);
  await cluster.join();
}

function guide({ url, figuresUrl, admin, members }: Cluster): void {
  say("");
  say(`shop and kiosk   ${url}/ (its certificate is its own: accept it)`);
  say(`staff            ${url}/admin as ${admin.email}, password ${admin.password}`);
  say(`figures          ${[...members().map((member) => `${member.url}/metrics`), figuresUrl].join("  ")}`);
  say(`load             npm run loadtest -- kiosk-day --url ${url} --insecure`);
  say("Kill a server by its number while somebody buys (kill -9): the other goes on, and a new one takes its place.");
  say("Ctrl-C stops everything and keeps nothing.");
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") return fail(options);
  const programs = findPrograms();
  if ("missing" in programs) return fail(`missing here: ${programs.missing}`);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
  });
  const onReady = (name: string, address: string, pid = 0) =>
    say(`${name.padEnd(16)} ${address.padEnd(27)} process ${pid}`);
  const env = { DEMO: process.env.DEMO ?? "1" };
  let running: Cluster | undefined;
  let isClosing = false;
  const onLost = (name: string, how: string) => {
    say(`${name.padEnd(16)} is gone (${how})`);
    if (running && !isClosing) replace(running, name).catch(({ message }: Error) => void fail(message));
  };
  const starting = startCluster({ ...options, programs, env, onReady, onLost });
  const cluster = await starting.catch((error: Error) => fail(error.message));
  if (typeof cluster === "number") return cluster;
  running = cluster;
  guide(cluster);
  await stopped;
  isClosing = true;
  say("Stopping...");
  await cluster.stop();
  say("Everything is stopped.");
  return 0;
}

function fail(why: string): number {
  process.stderr.write(`cluster: ${why}\n`);
  return 1;
}

// A server that is just joining must not keep this process
process.exit(await main());
