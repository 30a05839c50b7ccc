import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "socket.io";
import { z } from "zod";
import type { Config } from "../config.ts";
import type { Principal } from "../identity/principal.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../protocol/limits.ts";
import { type Bucket, type BucketSize, createBucket, unlimited } from "./bucket.ts";
import type { Newcomer } from "./connection.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import { createAddressReader, createOriginJudge } from "./origins.ts";
import { cutWire, type Wire, wireOf } from "./wire.ts";

/** Proves a token, whatever its class. A token that is wrong, expired or revoked is `unauthorized`. */
export type Authenticate = (token: string) => Promise<Outcome<{ principal: Principal }>>;

/** Connections per address: everyone behind one router comes back at once after a power cut. */
export const CONNECTS: BucketSize = { burst: 3_000, perSecond: 100 };
/** Addresses remembered; the one seen longest ago is forgotten, which only ever favours it. */
const ADDRESSES_MAX = 10_000;
/** Beyond this debt an address is not even answered. */
const ADDRESS_DEBT_MAX = 500;
/** Tries per connection: a token that was just renewed deserves a second one. */
const TRIES_PER_CONNECTION = 3;
/** Messages before the handshake is through: the handshake itself, and an answer to a ping. */
const MESSAGES_BEFORE_HANDSHAKE = 8;

const shape = z.object({ token: z.string().min(1), protocol: z.unknown().optional() });

export interface HandshakeDeps {
  config: Pick<Config, "ALLOWED_ORIGINS" | "PUBLIC_URL" | "TRUST_PROXY">;
  /** Connections per address; null lifts the limit. */
  connects: BucketSize | null;
  authenticate: Authenticate;
  logger: LiveLogger;
}

export interface Handshake {
  /** For Socket.IO's `allowRequest`: addresses far beyond their limit are not answered. */
  allows(request: IncomingMessage): boolean;
  /** Judges every socket before it counts as connected; who it is, is handed on in `newcomer`. */
  guard(io: Server): void;
  newcomer(socket: Socket): Newcomer;
}

/** What is known of a connection before anyone has proved anything. */
interface Stranger {
  address: string;
  isForeign: boolean;
  isLimited: boolean;
  tries: number;
  isTrying: boolean;
}

export function createHandshake({ config, connects, authenticate, logger }: HandshakeDeps): Handshake {
  const isAllowedOrigin = createOriginJudge(config);
  const addressOf = createAddressReader(config.TRUST_PROXY);
  const buckets = createAddressBuckets(connects);
  const strangers = new WeakMap<Wire, Stranger>();
  const newcomers = new WeakMap<Socket, Newcomer>();

  function meet(wire: Wire & { request: IncomingMessage | null }): void {
    const address = wire.request === null ? wire.remoteAddress : addressOf(wire.request);
    const isForeign = wire.request !== null && !isAllowedOrigin(wire.request);
    const isLimited = !buckets.of(address).take();
    strangers.set(wire, { address, isForeign, isLimited, tries: 0, isTrying: false });
    // The first request would be kept as long as the socket: half of what an idle socket costs.
    wire.request = null;
    let messages = 0;
    wire.on("packet", () => {
      if (++messages > MESSAGES_BEFORE_HANDSHAKE && strangers.has(wire)) cutWire(wire);
    });
  }

  async function judge(socket: Socket): Promise<Outcome<{ newcomer: Newcomer }>> {
    const wire = wireOf(socket);
    const stranger = strangers.get(wire);
    if (stranger === undefined || stranger.isTrying || stranger.tries >= TRIES_PER_CONNECTION) {
      cutWire(wire);
      return TOO_MANY;
    }
    if (stranger.isLimited) return TOO_MANY;
    if (stranger.isForeign) return FOREIGN;
    stranger.tries++;
    stranger.isTrying = true;
    const proved = await prove(socket.handshake.auth, stranger.address);
    stranger.isTrying = false;
    if (proved.ok) strangers.delete(wire);
    return proved;
  }

  async function prove(auth: unknown, address: string): Promise<Outcome<{ newcomer: Newcomer }>> {
    const given = shape.safeParse(auth);
    if (!given.success) return refuse("unauthorized", "A token is needed");
    if (given.data.protocol !== PROTOCOL_VERSION)
      return refuse("protocol_unsupported", `This server speaks version ${PROTOCOL_VERSION}: reload`);
    const { token } = given.data;
    try {
      const proved = await authenticate(token);
      return proved.ok ? { ok: true, newcomer: { token, address, principal: proved.principal } } : proved;
    } catch (error) {
      return failureOf(error, "a handshake", logger);
    }
  }

  return {
    allows: (request) => buckets.of(addressOf(request)).debt() < ADDRESS_DEBT_MAX,
    guard(io) {
      io.engine.on("connection", meet);
      io.use((socket, next) => {
        void judge(socket).then((proved) => {
          if (proved.ok) newcomers.set(socket, proved.newcomer);
          next(proved.ok ? undefined : handshakeError(proved));
        });
      });
    },
    newcomer(socket) {
      const newcomer = newcomers.get(socket);
      if (newcomer === undefined) throw new Error("a socket got past the handshake");
      newcomers.delete(socket);
      return newcomer;
    },
  };
}

const FOREIGN = refuse("forbidden", "Pages of this origin may not open a socket here");
const TOO_MANY = refuse("rate_limited", "Too many connections, slow down", { retryAfterMs: 1_000 });

/** What Socket.IO sends as `connect_error`: the code is in `data`. */
function handshakeError({ ok: _, ...data }: Refusal): Error {
  return Object.assign(new Error(data.message), { data });
}

function createAddressBuckets(size: BucketSize | null): { of(address: string): Bucket } {
  const buckets = new Map<string, Bucket>();
  return {
    of(address) {
      if (size === null) return unlimited;
      const bucket = buckets.get(address) ?? createBucket(size);
      buckets.delete(address);
      buckets.set(address, bucket);
      const oldest = buckets.size > ADDRESSES_MAX ? buckets.keys().next().value : undefined;
      if (oldest !== undefined) buckets.delete(oldest);
      return bucket;
    },
  };
}
