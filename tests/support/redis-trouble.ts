import type { SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { type MapServer, openMapServer, openTwoServers, type TwoServers } from "./redis-load.ts";
import type { TestLedger } from "./seatmap-ledger.ts";
import { openTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** A Redis for one test, and maps over it that are closed with it, whatever was done to it. */
export interface TroubledRedis {
  redis: TestRedis;
  /** A bare map; over another port when a proxy stands between. */
  open(port?: number): Promise<SeatMap>;
  /** A server: a connection of its own, loading from the ledger. */
  openServer(ledger: TestLedger, port?: number): Promise<MapServer>;
  openTwo(): Promise<TwoServers>;
  openProxy(): Promise<TcpProxy>;
  close(): Promise<void>;
}

export async function openTroubledRedis(): Promise<TroubledRedis> {
  const redis = await startRedis();
  const maps: SeatMap[] = [];
  const proxies: TcpProxy[] = [];
  const urlOf = (port = redis.port) => `redis://127.0.0.1:${port}`;
  return {
    redis,
    async open(port) {
      const map = await openRedisSeatMap({ url: urlOf(port), storeId: "store" });
      maps.push(map);
      return map;
    },
    async openServer(ledger, port) {
      const server = await openMapServer(urlOf(port), ledger);
      maps.push(server.raw);
      return server;
    },
    async openTwo() {
      const both = await openTwoServers(redis.url);
      maps.push(both.one.raw, both.two.raw);
      return both;
    },
    async openProxy() {
      const proxy = await openTcpProxy(redis.port);
      proxies.push(proxy);
      return proxy;
    },
    async close() {
      await Promise.all(maps.map((map) => map.close()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      redis.resume();
      await redis.stop();
    },
  };
}
