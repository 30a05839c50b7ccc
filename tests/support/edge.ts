import type { Audit } from "../../server/audit/audit.ts";
import { readConfig } from "../../server/config.ts";
import { buildHttp, type HttpServer } from "../../server/http/build.ts";
import type { Principal } from "../../server/identity/principal.ts";
import { refuse } from "../../server/protocol/errors.ts";

/** A principal of a test; a guest without rights unless told otherwise. */
export function aPrincipal(overrides: Partial<Principal> = {}): Principal {
  return {
    class: "guest",
    sessionId: "ses_guest",
    subjectId: "ses_guest",
    permissions: new Set(),
    expiresAt: Number.MAX_SAFE_INTEGER,
    ...overrides,
  };
}

const UNWRITTEN = { version: 1, at: "2027-01-01T00:00:00.000Z", outcome: "open", count: 1 } as const;

const NO_AUDIT: Pick<Audit, "begin" | "drop" | "record"> = {
  begin: async (entry) => ({ row: { ...entry, id: "aut_test", ...UNWRITTEN, actorId: entry.actor.id }, ended: false }),
  drop: async () => {},
  record: async () => {},
};

/** The request edge alone: routes are added by the test, and a token is whom it names in `callers`. */
export async function bareEdge(
  callers: Record<string, Principal>,
  addRoutes: (app: HttpServer) => void,
  audit: Pick<Audit, "begin" | "drop" | "record"> = NO_AUDIT,
): Promise<HttpServer> {
  const config = readConfig({ LOG_LEVEL: "silent", RATE_LIMITS: "off" });
  const app = await buildHttp(config, {
    authenticate: async (token) => {
      const principal = callers[token];
      return principal === undefined ? refuse("unauthorized", "Who is that?") : { ok: true, principal };
    },
    onDenied: () => {},
    audit,
  });
  addRoutes(app);
  await app.ready();
  return app;
}
