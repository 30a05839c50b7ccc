/**
 * What Redis publishes, brought to the watchers of this process: one subscription per showtime,
 * however many listen. When the connection was lost and is back, they are told `resumed`.
 */
import { type MapMessage, MapUnavailable, type Unwatch } from "../port.ts";
import type { MapListener, Watchers } from "../watchers.ts";
import { readPrivate, readPublic } from "./answers.ts";
import { privateChannel, publicChannel } from "./keys.ts";
import { type LinkLogger, openLink, type RedisClient, textOf } from "./link.ts";

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
  url: string;
  watchers: Watchers;
  logger?: LinkLogger | undefined;
}): Promise<Feed> {
  const { watchers, logger } = deps;

  const hear = (showtimeId: string, read: (showtimeId: string, text: string) => MapMessage) => (text: string) => {
    try {
      watchers.tell(read(showtimeId, text));
    } catch (error) {
      logger?.warn({ showtimeId, error: textOf(error) }, "unreadable message on a seat map channel");
    }
  };

  async function subscribe(client: RedisClient, showtimeId: string): Promise<void> {
    await Promise.all([
      client.subscribe(publicChannel(showtimeId), hear(showtimeId, readPublic)),
      client.subscribe(privateChannel(showtimeId), hear(showtimeId, readPrivate)),
    ]);
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

  async function adjust(on: Subscriptions, showtimeId: string): Promise<void> {
    const isWanted = watchers.has(showtimeId);
    if (isWanted === on.active.has(showtimeId)) return;
    if (isWanted) {
      await subscribe(on.client, showtimeId);
      on.active.add(showtimeId);
    } else {
      on.active.delete(showtimeId);
      await on.client.unsubscribe([publicChannel(showtimeId), privateChannel(showtimeId)]);
    }
  }

  const link = await openLink<Subscriptions>({
    url: deps.url,
    logger,
    async prepare(client) {
      const on: Subscriptions = { client, active: new Set(), tails: new Map() };
      await Promise.all(watchers.showtimes().map((showtimeId) => follow(on, showtimeId)));
      return on;
    },
    onUp(on, isFirst) {
      for (const showtimeId of on.active) follow(on, showtimeId).catch(() => {});
      if (isFirst) return;
      for (const showtimeId of watchers.showtimes()) watchers.tell({ kind: "resumed", showtimeId });
    },
  });

  return {
    async watch(showtimeId, listener) {
      const on = link.current();
      if (on === null) throw new MapUnavailable("not connected to Redis");
      const remove = watchers.add(showtimeId, listener);
      const unwatch = () => {
        remove();
        const now = link.current();
        if (now !== null) follow(now, showtimeId).catch(() => {});
      };
      try {
        await follow(on, showtimeId);
        return unwatch;
      } catch (error) {
        unwatch();
        throw new MapUnavailable(textOf(error), { cause: error });
      }
    },
    close: () => link.close(),
  };
}
