import { RedisClient as LibraryClient } from "redis";

/**
 * Makes a client that is not connected yet. The library's own `createClient` builds a class of some four hundred
 * commands again for every URL but the last: tens of milliseconds per attempt to connect, where there are several nodes.
 */
export const makeClient = LibraryClient.factory({});

export type RedisClient = ReturnType<typeof makeClient>;
