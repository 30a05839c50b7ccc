import rateLimit from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";
import type { Config } from "../../config.ts";
import { refuse } from "../../protocol/errors.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "./problems.ts";

/** Routes that cost more, or are worth more to a guesser, than the others. */
export type Limit = "ordinary" | "guests" | "logins" | "codes";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Counted apart from the rest, see `LIMITS`. */
    limit?: Limit;
  }
}

const MINUTE_MS = 60_000;

/** Requests per address. A cinema's screens, staff and guests on Wi-Fi may share one. */
const LIMITS: Readonly<Record<Limit, { max: number; timeWindow: number }>> = {
  /** 1,000 a second, which no crowd of people reaches; a short window, so that nobody waits long. */
  ordinary: { max: 10_000, timeWindow: 10_000 },
  guests: { max: 600, timeWindow: MINUTE_MS },
  /** Five a second. Wrong passwords are slowed down much earlier, by the accounts themselves. */
  logins: { max: 300, timeWindow: MINUTE_MS },
  codes: { max: 60, timeWindow: MINUTE_MS },
};
/** Customers get whole networks of this size, so one of them counts as one address. */
const IPV6_SUBNET = 64;

type Check = ReturnType<HttpServer["createRateLimit"]>;

/**
 * Bounds what one address may ask of the API, before anything else is looked at. Each server counts for
 * itself. Health, metrics, pages and keys are not counted.
 */
export async function addRateLimits(app: HttpServer, config: Pick<Config, "RATE_LIMITS">): Promise<void> {
  if (config.RATE_LIMITS === "off") {
    app.log.warn("RATE_LIMITS=off: NO LIMITS PER CLIENT. For load tests only, never where strangers can reach it");
    return;
  }
  await app.register(rateLimit, { global: false });
  const checkOf = (limit: Limit) => app.createRateLimit({ ...LIMITS[limit], ipv6Subnet: IPV6_SUBNET });
  const checks: Record<Limit, Check> = {
    ordinary: checkOf("ordinary"),
    guests: checkOf("guests"),
    logins: checkOf("logins"),
    codes: checkOf("codes"),
  };
  app.addHook("onRequest", async (request, reply) => {
    if (!isApi(request)) return;
    const judged = await checks[request.routeOptions.config.limit ?? "ordinary"](request);
    if (judged.isAllowed || !judged.isExceeded) return;
    return sendRefusal(reply, refuse("rate_limited", "Too many requests, slow down", { retryAfterMs: judged.ttl }));
  });
}

const isApi = ({ url }: FastifyRequest) => url.startsWith("/api/");
