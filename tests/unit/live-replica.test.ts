import { describe, expect, it, vi } from "vitest";
import { openReplica, type Replica, type ReplicaListener } from "../../server/live/replica.ts";
import type { SeatDelta, SeatSnapshot } from "../../server/protocol/states.ts";
import {
  type MapAnswer,
  type MapDelta,
  type MapMessage,
  type MapSnapshot,
  MapUnavailable,
} from "../../server/seatmap/port.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";

/** A map whose answers and messages come when the test says so. */
function scriptedMap(states = "AAAA") {
  const script = {
    at: { epoch: "one", version: 1, states },
    isDown: false,
    since: null as MapDelta | null,
    snapshots: 0,
    tell: (_: MapMessage) => {},
    beforeSnapshot: async () => {},
  };
  const step = () => ({ position: { epoch: script.at.epoch, version: script.at.version }, delta: null, at: 0 });
  return {
    script,
    watch: async (_: string, listener: (message: MapMessage) => void) => {
      script.tell = listener;
      return () => {};
    },
    async snapshot(): Promise<MapAnswer<{ snapshot: MapSnapshot }>> {
      script.snapshots++;
      if (script.isDown) throw new MapUnavailable("down");
      const counts = { capacity: 4, available: 4, held: 0, sold: 0, blocked: 0 };
      const snapshot = { ...script.at, layoutVersion: 1, counts, at: 0 };
      await script.beforeSnapshot();
      return { ok: true, snapshot, ...step() };
    },
    async since(): Promise<MapAnswer<{ since: MapDelta | null }>> {
      if (script.isDown) throw new MapUnavailable("down");
      return { ok: true, since: script.since, ...step() };
    },
  };
}

function changed(from: number, version: number, changes: MapDelta["changes"], epoch = "one"): MapMessage {
  const counts = { capacity: 4, available: 4, held: 0, sold: 0, blocked: 0 };
  return { kind: "changed", showtimeId: "sht_a", delta: { epoch, from, version, changes }, counts };
}

async function open(map: ReturnType<typeof scriptedMap>) {
  const deltas: SeatDelta[] = [];
  const snapshots: SeatSnapshot[] = [];
  const listener: ReplicaListener = {
    changed: (delta) => void deltas.push(delta),
    replaced: (snapshot) => void snapshots.push(snapshot),
    rescheduled: vi.fn(),
    notice: vi.fn(),
  };
  const warn = vi.fn();
  const deps = { map, showtimes: madeUpCinema(["sht_a"], 4), logger: { warn, error: warn } };
  const opened = await openReplica(deps, "sht_a", listener);
  if (!opened.ok) throw new Error(opened.code);
  return { replica: opened.replica as Replica, deltas, snapshots, warn };
}

describe("a replica", () => {
  it("[D20] what happens between watching and reading is neither lost nor applied twice", async () => {
    const map = scriptedMap();
    map.script.beforeSnapshot = async () => {
      map.script.tell(changed(0, 1, [[3, "H"]]));
      map.script.tell(changed(1, 2, [[0, "H"]]));
    };
    const { replica } = await open(map);
    expect(replica.current()).toMatchObject({ version: 2, states: "HAAA" });
    expect(map.script.snapshots).toBe(1);
  });

  it("[D29] a reset that comes while it reads makes it read again, and what came before is void", async () => {
    const map = scriptedMap();
    let reads = 0;
    map.script.beforeSnapshot = async () => {
      if (reads++ > 0) return;
      map.script.tell(changed(1, 2, [[0, "H"]]));
      map.script.at = { epoch: "two", version: 1, states: "SSAA" };
      map.script.tell({ kind: "reset", showtimeId: "sht_a" });
      map.script.tell(changed(1, 2, [[2, "H"]], "two"));
    };
    const { replica } = await open(map);
    expect(replica.current()).toMatchObject({ epoch: "two", version: 2, states: "SSHA" });
    expect(reads).toBe(2);
  });

  it("[D28] what it tells is contiguous, even where what it hears overlaps", async () => {
    const map = scriptedMap();
    const { replica, deltas } = await open(map);
    map.script.since = {
      epoch: "one",
      from: 1,
      version: 3,
      changes: [
        [0, "H"],
        [1, "H"],
      ],
    };
    await replica.refresh();
    map.script.tell(changed(1, 2, [[0, "H"]]));
    map.script.tell(changed(2, 3, [[1, "H"]]));
    map.script.tell(changed(2, 5, [[1, "S"]]));
    expect(deltas.map(({ from, to }) => [from, to])).toEqual([
      [1, 3],
      [3, 5],
    ]);
    expect(replica.current().states).toBe("HSAA");
    expect(replica.since({ epoch: "one", version: 1 })).toEqual({
      ...{ showtimeId: "sht_a", epoch: "one", from: 1, to: 5 },
      changes: [
        [0, "H"],
        [1, "S"],
      ],
    });
    expect(replica.since({ epoch: "one", version: 4 })).toMatchObject({ from: 4, to: 5 });
    expect(replica.since({ epoch: "one", version: 0 })).toBeNull();
    expect(replica.since({ epoch: "one", version: 6 })).toBeNull();
    expect(replica.since({ epoch: "two", version: 3 })).toBeNull();
  });

  it.each<[string, MapMessage]>([
    ["a gap", changed(5, 6, [[0, "H"]])],
    ["another epoch", changed(1, 2, [[0, "H"]], "two")],
    ["an index outside", changed(1, 2, [[99, "H"]])],
    ["a feed that was cut", { kind: "resumed", showtimeId: "sht_a" }],
    ["a reset", { kind: "reset", showtimeId: "sht_a" }],
  ])("[D29] %s is healed by one snapshot, told to viewers", async (_, message) => {
    const map = scriptedMap();
    const { replica, snapshots, deltas } = await open(map);
    map.script.at = { epoch: "two", version: 7, states: "SAAA" };
    map.script.tell(message);
    await eventually(() => snapshots.length === 1);
    expect(snapshots[0]).toMatchObject({ epoch: "two", version: 7, states: "SAAA" });
    expect(replica.current()).toEqual(snapshots[0]);
    expect(deltas).toEqual([]);
    expect(map.script.snapshots).toBe(2);
  });

  it("[D48] while the map is down it serves what it knows, says so once in the log, and resyncs when it is back", async () => {
    const map = scriptedMap();
    const { replica, snapshots, warn } = await open(map);
    map.script.isDown = true;
    await replica.refresh();
    expect(replica.current().version).toBe(1);
    map.script.tell({ kind: "resumed", showtimeId: "sht_a" });
    await eventually(() => map.script.snapshots >= 4);
    expect(warn).toHaveBeenCalledOnce();
    expect(snapshots).toEqual([]);
    map.script.isDown = false;
    map.script.at = { epoch: "two", version: 1, states: "AAAS" };
    await eventually(() => snapshots.length === 1);
    replica.close();
  });

  it("[D26] an unknown showtime is not found, a map that is down refuses to open", async () => {
    const map = scriptedMap();
    const logger = { warn() {}, error() {} };
    const listener = {} as ReplicaListener;
    const unknown = await openReplica({ map, showtimes: madeUpCinema([]), logger }, "sht_a", listener);
    expect(unknown).toMatchObject({ ok: false, code: "not_found" });
    map.script.isDown = true;
    await expect(openReplica({ map, showtimes: madeUpCinema(), logger }, "sht_a", listener)).rejects.toThrow(
      MapUnavailable,
    );
  });
});
