import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import { readRedisAddress } from "./basics/redis-address.ts";

/**
 * The environment, read once at start. Promises: a `Config` is complete and consistent; anything
 * wrong is told in one line that names the variable. Must never import a room.
 */

const seconds = (fallback: number) => z.coerce.number().int().min(1).max(86_400).default(fallback);
const flag = (fallback: "on" | "off") => z.enum(["on", "off"]).default(fallback);
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );

const origins = list.refine(
  (all) => all.every(isOrigin),
  "must be origins as in https://shop.example, with commas between",
);
const proxies = list.refine(
  (all) => all.every(isProxy),
  "must be addresses, networks or loopback, with commas between",
);

const environment = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATA_DIR: z.string().min(1).default("./data"),
  REDIS_URL: z
    .string()
    .superRefine((text, context) => {
      const read = readRedisAddress(text);
      if (!read.ok) context.addIssue({ code: "custom", message: read.why });
    })
    .optional(),
  MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, "must begin with mongodb:// or mongodb+srv://")
    .optional(),
  ADMIN_EMAIL: z.email().default("admin@butaca.local"),
  ADMIN_PASSWORD: z.string().min(8).max(200).optional(),
  DEMO: z.enum(["0", "1"]).optional(),
  HOLD_TTL_S: seconds(600),
  HOLD_CAP_S: seconds(900),
  PAYMENT_WINDOW_S: seconds(180),
  KIOSK_HOLD_TTL_S: seconds(300),
  MAX_SEATS_PER_HOLD: z.coerce.number().int().min(1).max(2000).default(10),
  MAX_SEATS_STAFF: z.coerce.number().int().min(1).max(2000).default(200),
  ORPHAN_RULE: z.enum(["off", "warn", "enforce"]).default("warn"),
  CINEMA_TIME_ZONE: z
    .string()
    .default("Europe/Madrid")
    .refine((zone) => isTimeZone(zone), "is not a time zone"),
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be three capital letters (ISO 4217)")
    .default("EUR"),
  ALLOWED_ORIGINS: origins,
  PUBLIC_URL: z.url().optional(),
  TRUST_PROXY: proxies,
  TLS_CERT: z.string().refine(existsSync, "is not a file").optional(),
  TLS_KEY: z.string().refine(existsSync, "is not a file").optional(),
  GUEST_SEATS_PER_NETWORK: z.coerce.number().int().min(1).optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^/]/, "must be a mail server as in smtp://user:password@host:587")
    .optional(),
  MAIL_FROM: z.string().regex(/@/, "must be an e-mail address, with a name or without").optional(),
  PAYMENT_PROVIDER: z.enum(["simulated", "stripe"]).default("simulated"),
  /** Where the simulated provider runs when it is a process of its own. */
  SIMULATED_PROVIDER_URL: z.url().optional(),
  RATE_LIMITS: flag("on"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** Every variable that counts. */
export const VARIABLES: ReadonlySet<string> = new Set(Object.keys(environment.shape));

/** The settings of one server process; names are those of the environment. */
export type Config = Omit<z.infer<typeof environment>, "DEMO"> & { DEMO: boolean };

/** The server can't start for a reason that its operator can mend: one line that begins with the variable to look at. */
export class StartRefused extends Error {
  override name = "StartRefused";
}

/** Reads the configuration. Empty values count as unset. Throws `StartRefused` for the first wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StartRefused(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const config = parsed.data;
  if (config.HOLD_CAP_S < config.HOLD_TTL_S && given.HOLD_CAP_S !== undefined)
    throw new StartRefused("HOLD_CAP_S: must not be shorter than HOLD_TTL_S");
  if ((config.TLS_CERT === undefined) !== (config.TLS_KEY === undefined))
    throw new StartRefused(`${config.TLS_CERT === undefined ? "TLS_CERT" : "TLS_KEY"}: TLS needs both files`);
  if (config.PAYMENT_PROVIDER === "stripe")
    throw new StartRefused("PAYMENT_PROVIDER: this version has the simulated provider only");
  const demo = config.DEMO ?? (config.REDIS_URL === undefined && config.MONGODB_URL === undefined ? "1" : "0");
  return { ...config, HOLD_CAP_S: Math.max(config.HOLD_CAP_S, config.HOLD_TTL_S), DEMO: demo === "1" };
}

/** What was asked for and this version does not do yet, a line each: whoever relies on it has to know. */
export function notKeptYet({ ORPHAN_RULE, GUEST_SEATS_PER_NETWORK }: Config): string[] {
  return [
    ...(ORPHAN_RULE === "enforce" ? ["ORPHAN_RULE=enforce: not kept yet, single seats may be left over"] : []),
    ...(GUEST_SEATS_PER_NETWORK === undefined
      ? []
      : ["GUEST_SEATS_PER_NETWORK: not kept yet, guests of one address are limited by their sessions alone"]),
  ];
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Browsers send scheme, host and port, nothing behind. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#\s]+$/i.test(text) && URL.canParse(text);
}

/** What both readers of forwarded addresses know. */
function isProxy(text: string): boolean {
  if (text === "loopback") return true;
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
