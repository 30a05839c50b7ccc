import type { RedisClient } from "./client.ts";

type Listener = (text: string) => void;

/** How what a map publishes travels. Decided once, by what `REDIS_URL` names; scripts are told by `loadScripts`. */
export interface Channels {
  /** The command that publishes. */
  publish: "PUBLISH" | "SPUBLISH";
  subscribe(client: RedisClient, channel: string, listener: Listener): Promise<unknown>;
  unsubscribe(client: RedisClient, channels: string[]): Promise<unknown>;
}

/** For one Redis. */
export const plainChannels: Channels = {
  publish: "PUBLISH",
  subscribe: (client, channel, listener) => client.subscribe(channel, listener),
  unsubscribe: (client, channels) => client.unsubscribe(channels),
};

/** For a cluster: a channel lives where its showtime's keys are, and other nodes never hear of it. */
export const shardedChannels: Channels = {
  publish: "SPUBLISH",
  subscribe: (client, channel, listener) => client.sSubscribe(channel, listener),
  unsubscribe: (client, channels) => client.sUnsubscribe(channels),
};
