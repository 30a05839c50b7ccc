import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.ts";
import type { RefreshToken, RenewableClass } from "../identity/sessions.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";

/**
 * The cookies that renew sessions: one per class, seen by the sign-in routes alone, never by scripts and
 * never sent along from other sites.
 */
export interface RefreshCookies {
  set(reply: FastifyReply, refresh: RefreshToken): void;
  clear(reply: FastifyReply, tokenClass: RenewableClass): void;
  /** The classes that there is a cookie of, whether its session still lives or not. */
  present(request: FastifyRequest): RenewableClass[];
  /** The cookie of the class asked for; without one, the only cookie there is. `none`: there is no such cookie. */
  read(request: FastifyRequest, wanted?: RenewableClass): Outcome<{ refresh: Found }>;
}

type Found = { class: RenewableClass; value: string } | "none";

const PATH = "/api/v1/auth";
const CLASSES: readonly RenewableClass[] = ["customer", "staff", "device"];

const nameOf = (tokenClass: RenewableClass) => `butaca_${tokenClass}`;

export function createRefreshCookies(config: Pick<Config, "PUBLIC_URL" | "TLS_CERT">): RefreshCookies {
  const secure = config.TLS_CERT !== undefined || config.PUBLIC_URL?.startsWith("https:") === true;
  const options = { path: PATH, httpOnly: true, sameSite: "strict", secure } as const;
  return {
    set: (reply, { class: tokenClass, value, maxAgeS }) =>
      void reply.setCookie(nameOf(tokenClass), value, { ...options, maxAge: maxAgeS }),
    clear: (reply, tokenClass) => void reply.clearCookie(nameOf(tokenClass), options),
    present: ({ cookies }) => CLASSES.filter((tokenClass) => cookies[nameOf(tokenClass)] !== undefined),
    read(request, wanted) {
      const found = CLASSES.flatMap((tokenClass) => {
        const value = request.cookies[nameOf(tokenClass)];
        return value === undefined || (wanted !== undefined && wanted !== tokenClass)
          ? []
          : [{ class: tokenClass, value }];
      });
      return found.length > 1 ? AMBIGUOUS : { ok: true, refresh: found[0] ?? "none" };
    },
  };
}

const AMBIGUOUS = refuse("invalid_request", "There are several sessions here", {
  errors: [{ path: "class", message: "say which: customer, staff or device" }],
});
