import type { Config } from "../../config.ts";
import { configAnswer } from "../../schemas/answers.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";

export interface ConfigRouteDeps {
  version: string;
  /** Whether somebody who forgot their password can be sent a link. */
  sendsMail: boolean;
  cinemaName(): Promise<string>;
}

/** What the apps need to know before anything else. Nothing here is secret. */
export function addConfigRoute(
  app: HttpServer,
  config: Config,
  { version, sendsMail, cinemaName }: ConfigRouteDeps,
): void {
  const summary = "What a client needs to know of this installation";
  const schema = { tags: ["cinema"], summary, ...answers({ 200: configAnswer }) };
  app.get("/api/v1/config", { config: { access: "public" }, schema }, async () => ({
    cinemaName: await cinemaName(),
    currency: config.CURRENCY,
    timeZone: config.CINEMA_TIME_ZONE,
    holdTtlMs: config.HOLD_TTL_S * 1000,
    maxSeatsPerHold: config.MAX_SEATS_PER_HOLD,
    paymentProvider: config.PAYMENT_PROVIDER,
    sendsMail,
    version,
  }));
}
