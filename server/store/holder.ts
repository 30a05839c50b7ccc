/**
 * Processes as holders of leases: who am I, and is that one still alive?
 *
 * Promises: never takes a living process of this host for dead. Must never import the store.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface Holder {
  /** Random, one per lease taken: two servers in one process differ. */
  instance: string;
  /** Where `pid` means something: host and process namespace. */
  host: string;
  pid: number;
  /** Tells the process from a later one with the same pid; null where the system does not say. */
  birth: string | null;
}

/** `unknown`: it can't be asked from here, its heartbeat must tell. */
export type Life = "alive" | "dead" | "unknown";

/** This process as a holder. */
export function thisProcess(instance: string): Holder {
  return { instance, host: thisHost(), pid: process.pid, birth: birthOf(process.pid) };
}

/** Whether a holder's process is alive, as far as this host knows. */
export function lifeOf(holder: Holder): Life {
  if (holder.host !== thisHost()) return "unknown";
  if (!isRunning(holder.pid)) return "dead";
  const birth = birthOf(holder.pid);
  if (holder.birth === null || birth === null) return "unknown";
  if (holder.birth !== birth) return "dead";
  // In this very process the lease may have been left behind by a server that is long closed.
  return holder.pid === process.pid ? "unknown" : "alive";
}

function thisHost(): string {
  // Containers can share a host name, but not each other's pids.
  return `${hostname()} ${quietly(() => readlinkSync("/proc/self/ns/pid")) ?? "one namespace"}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return stateOf(pid)?.state !== "Z";
}

function birthOf(pid: number): string | null {
  const boot = quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const started = stateOf(pid)?.started;
  return boot === null || started === undefined ? null : `${boot} ${started}`;
}

/** Linux tells in `/proc`; a killed process whose parent has not looked yet is in state Z. */
function stateOf(pid: number): { state: string; started: string } | null {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === null) return null;
  // The name in brackets may hold anything; the state is the first field after it, the start time the twentieth.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", started: fields[19] ?? "" };
}

function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
