/**
 * What Redis publishes, brought to the watchers of this process: one subscription per showtime,
 * however many listen. When it was lost and is back, wherever its channels are now, they are told `resumed`.
 */
import { type MapMessage, MapUnavailable, type Unwatch } from "../port.ts";
import type { MapListener, Watchers } from "../watchers.ts";
import { readPrivate, readPublic } from "./answers.ts";
import type { RedisClient } from "./client.ts";
import { asUnavailable } from "./connection.ts";
import { privateChannel, publicChannel } from "./keys.ts";
import { type LinkLogger, textOf } from "./link.ts";
import { type Backend, type Ring, reach } from "./ring.ts";

export interface Feed {
  watch(showtimeId: string, listener: MapListener): Promise<Unwatch>;
  close(): void;
}

/** Subscriptions of one connection. */
interface Subscriptions {
  client: RedisClient;
  active: Set<string>;
  /** Per showtime the last change of its subscription: the client must not be told two things at once. */
  tails: Map<string, Promise<void>>;
}

export async function openFeed(deps: {
  backend: Backend;
  watchers: Watchers;
  logger?: LinkLogger | undefined;
}): Promise<Feed> {
  const { watchers, logger } = deps;
  const { channels } = deps.backend;
  let ring: Ring<Subscriptions> | null = null;

  const hear = (showtimeId: string, read: (showtimeId: string, text: string) => MapMessage) => (text: string) => {
    try {
      watchers.tell(read(showtimeId, text));
    } catch (error) {
      logger?.warn({ showtimeId, error: textOf(error) }, "unreadable message on a seat map channel");
    }
  };

  /** The connection on which a showtime is to be heard; null: lost. */
  const placeOf = (showtimeId: string) => ring?.at(publicChannel(showtimeId)) ?? null;

  async function adjust(on: Subscriptions, showtimeId: string): Promise<void> {
    const isWanted = watchers.has(showtimeId) && placeOf(showtimeId) === on;
    if (isWanted === on.active.has(showtimeId)) return;
    const [open, own] = [publicChannel(showtimeId), privateChannel(showtimeId)];
    if (isWanted) {
      await Promise.all([
        channels.subscribe(on.client, open, hear(showtimeId, readPublic)),
        channels.subscribe(on.client, own, hear(showtimeId, readPrivate)),
      ]).catch((error: unknown) => Promise.reject(asUnavailable(error)));
      on.active.add(showtimeId);
    } else {
      on.active.delete(showtimeId);
      await channels.unsubscribe(on.client, [open, own]);
    }
  }

  /** Subscribes or unsubscribes, whichever the watchers want by the time it is this showtime's turn. */
  function follow(on: Subscriptions, showtimeId: string): Promise<void> {
    const tail = (on.tails.get(showtimeId) ?? Promise.resolve()).catch(() => {}).then(() => adjust(on, showtimeId));
    on.tails.set(showtimeId, tail);
    const forget = () => {
      if (on.tails.get(showtimeId) === tail) on.tails.delete(showtimeId);
    };
    tail.then(forget, forget);
    return tail;
  }

  /** Hears a showtime again and says that something may have been missed. A connection that is lost does it later. */
  async function resume(showtimeId: string): Promise<void> {
    const all = ring;
    if (all === null) return;
    try {
      await reach(all, publicChannel(showtimeId), (on) => follow(on, showtimeId));
    } catch (error) {
      logger?.warn({ showtimeId, error: textOf(error) }, "a showtime's channels can't be heard at this moment");
      return;
    }
    watchers.tell({ kind: "resumed", showtimeId });
  }

  /** Looks after the showtimes whose channels are elsewhere now. */
  function moved(): void {
    for (const on of ring?.all() ?? []) {
      for (const showtimeId of on?.active ?? [])
        if (on !== null && placeOf(showtimeId) !== on) follow(on, showtimeId).catch(() => {});
    }
    for (const showtimeId of watchers.showtimes())
      if (placeOf(showtimeId)?.active.has(showtimeId) === false) void resume(showtimeId);
  }

  ring = await deps.backend.open<Subscriptions>({
    async prepare(client) {
      const on: Subscriptions = { client, active: new Set(), tails: new Map() };
      client.on("sharded-channel-moved", (channel: string) => {
        const showtimeId = /\{(.+)\}/.exec(channel)?.[1] ?? "";
        if (!on.active.delete(showtimeId)) return;
        // The rest of a showtime's channels goes the same way.
        void ring?.lookAgain(channel).then(() => resume(showtimeId));
      });
      return on;
    },
    onUp(on) {
      for (const showtimeId of watchers.showtimes()) if (placeOf(showtimeId) === on) void resume(showtimeId);
    },
    onMoved: moved,
  });
  const opened = ring;

  return {
    async watch(showtimeId, listener) {
      if (placeOf(showtimeId) === null) throw new MapUnavailable("not connected to Redis");
      const remove = watchers.add(showtimeId, listener);
      const unwatch = () => {
        remove();
        const on = placeOf(showtimeId);
        if (on !== null) follow(on, showtimeId).catch(() => {});
      };
      try {
        await reach(opened, publicChannel(showtimeId), (on) => follow(on, showtimeId));
        return unwatch;
      } catch (error) {
        unwatch();
        throw asUnavailable(error);
      }
    },
    close: () => opened.close(),
  };
}
