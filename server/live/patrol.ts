import type { Clock } from "../basics/clock.ts";
import type { Connection, Connections } from "./connection.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import type { Trust } from "./trust.ts";

export interface PatrolDeps {
  connections: Connections;
  trust: Trust;
  clock: Clock;
  logger: LiveLogger;
  onCut(): void;
}

/** Looks after sockets that say nothing: their tokens end, their rights change, they stop reading. */
export interface Patrol {
  /** Call it about once a second. Never throws. */
  round(): Promise<void>;
}

/** A client that has not read for this long is cut: by then it has missed two pings as well. */
const BEHIND_MAX_MS = 15_000;
/** Rounds between two looks at the rights of someone who is shown more than others. */
const RIGHTS_EVERY_ROUNDS = 2;

export function createPatrol({ connections, trust, clock, logger, onCut }: PatrolDeps): Patrol {
  let rounds = 0;

  async function lookAtRights(connection: Connection): Promise<void> {
    const proved = await trust.prove(connection);
    if (!proved.ok) connection.dismiss();
  }

  return {
    async round() {
      rounds++;
      const nowS = clock.now() / 1000;
      const tick = performance.now();
      for (const connection of [...connections.all()]) {
        const behindSince = connection.outlet.behindSince();
        if (connection.principal.expiresAt <= nowS) {
          connection.dismiss();
        } else if (behindSince !== null && tick - behindSince > BEHIND_MAX_MS) {
          onCut();
          connection.cut();
        } else if (rounds % RIGHTS_EVERY_ROUNDS === 0 && connection.principal.permissions.size > 0) {
          await lookAtRights(connection).catch((error: unknown) => failureOf(error, "looking at rights", logger));
        }
      }
    },
  };
}
