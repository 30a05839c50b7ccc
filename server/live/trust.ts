import type { Outcome } from "../protocol/errors.ts";
import type { Connection } from "./connection.ts";
import type { Authenticate } from "./handshake.ts";

/** Proves again that a socket's token counts, and that its rights are what they were. */
export interface Trust {
  /** `unauthorized`: the token counts no more; the caller decides what becomes of the socket. */
  prove(connection: Connection): Promise<Outcome<object>>;
}

/** `onLost`: some of a socket's rights are gone, and what it may no longer see must stop. */
export function createTrust(authenticate: Authenticate, onLost: (connection: Connection) => void): Trust {
  return {
    async prove(connection) {
      const proved = await authenticate(connection.token);
      if (!proved.ok) return proved;
      const before = connection.principal.permissions;
      connection.principal = proved.principal;
      const { permissions } = proved.principal;
      if (before !== permissions && [...before].some((permission) => !permissions.has(permission))) onLost(connection);
      return proved;
    },
  };
}
