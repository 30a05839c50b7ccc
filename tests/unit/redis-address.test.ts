import { describe, expect, it } from "vitest";
import { nodeOf, readRedisAddress, urlOfNode } from "../../server/basics/redis-address.ts";
import { readConfig } from "../../server/config.ts";

const plain = { scheme: "redis", credentials: "" };

describe("REDIS_URL", () => {
  it.each([
    ["redis://127.0.0.1:6379", { kind: "single", url: "redis://127.0.0.1:6379" }],
    ["rediss://u:p%40x@redis.example:1/2", { kind: "single", url: "rediss://u:p%40x@redis.example:1/2" }],
    ["redis://:a,b@127.0.0.1", { kind: "single", url: "redis://:a,b@127.0.0.1" }],
    ["redis://a:1,b,[::1]:3,a:1", { kind: "cluster", access: plain, nodes: ["a:1", "b:6379", "[::1]:3"] }],
    [
      "rediss://u:p@a:1,b:2/0",
      { kind: "cluster", access: { scheme: "rediss", credentials: "u:p@" }, nodes: ["a:1", "b:2"] },
    ],
    [
      "redis://u:p@a:1, redis://u:p@b:2",
      { kind: "cluster", access: { scheme: "redis", credentials: "u:p@" }, nodes: ["a:1", "b:2"] },
    ],
    [
      "redis+sentinel://s1,s2:5000/cinema",
      { kind: "sentinel", access: plain, sentinels: ["s1:26379", "s2:5000"], primary: "cinema" },
    ],
  ])("[O40] %s", (text, address) => {
    expect(readRedisAddress(text)).toEqual({ ok: true, address });
    expect(readConfig({ REDIS_URL: text }).REDIS_URL).toBe(text);
  });

  it.each([
    "127.0.0.1:6379",
    "http://127.0.0.1",
    "redis://",
    "redis://a:1,",
    "redis://a:1,b:0",
    "redis://a:1,b:70000",
    "redis://a:1,b:1:2",
    "redis://a:1,b:2/3",
    "redis://u:secret@a:1,b c",
    "redis+sentinel://u:secret@a:1",
    "redis+sentinel://a:1/",
    "redis+sentinel:///cinema",
    "redis+sentinel://a:1/one/two",
    "redis+cluster://a:1",
  ])("[O40] %s is refused in one line that names REDIS_URL and no password", (text) => {
    expect(readRedisAddress(text).ok).toBe(false);
    expect(() => readConfig({ REDIS_URL: text })).toThrow(/^REDIS_URL: (?!.*secret)[^\n]+$/);
  });

  it("[O40] all nodes are spoken to alike", () => {
    expect(urlOfNode({ scheme: "rediss", credentials: "u:p@" }, nodeOf("::1", 7_000))).toBe("rediss://u:p@[::1]:7000");
    expect(nodeOf("[::1]", "7000")).toBe("[::1]:7000");
    expect(nodeOf("redis-2.example", 7_000)).toBe("redis-2.example:7000");
  });
});
