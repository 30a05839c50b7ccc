import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditRow } from "../../server/audit/audit.ts";
import type { ApiAnswer } from "../support/api.ts";
import { api } from "../support/api.ts";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { eventually } from "../support/poll.ts";
import { openShopper, type Shopper, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { hasRedis, sendRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { startServer, type TestServer } from "../support/server.ts";

const KINDS = [
  { kind: "in the process, documents in a file", isHere: true, isCluster: false },
  { kind: "in Redis, documents in MongoDB", isHere: hasRedis && hasMongo && hasTime, isCluster: true },
];

for (const { kind, isHere, isCluster } of KINDS)
  describe.skipIf(!isHere)(`blocked seats, maps ${kind}`, () => {
    let redis: TestRedis | null = null;
    let mongo: TestMongo | null = null;
    let server: TestServer;
    let stage: Stage;
    let path: string;
    const shoppers: Shopper[] = [];
    beforeAll(async () => {
      redis = isCluster ? await startRedis() : null;
      mongo = isCluster ? await startMongo() : null;
      const urls = { ...(redis && { REDIS_URL: redis.url }), ...(mongo && { MONGODB_URL: mongo.database() }) };
      server = await startServer({ PAYMENT_WINDOW_S: "4", ...urls });
      stage = await setStage(server.url);
      path = `/showtimes/${stage.showtimeId}/blocks`;
    });
    afterAll(async () => {
      for (const shopper of shoppers) shopper.close();
      await server.close();
      await rm(server.dataDir, { recursive: true, force: true });
      await redis?.stop();
      await mongo?.stop();
    });

    const shopper = async (token?: string) => {
      const opened = await openShopper(server.url, stage, token);
      shoppers.push(opened);
      return opened;
    };
    const asAdmin = (method: string, at: string, body?: unknown): Promise<ApiAnswer> =>
      api(server.url)(method, at, body, { token: stage.adminToken });
    const block = (seats: string[], more: object = {}) => asAdmin("PUT", path, { seats, reason: "Broken", ...more });
    const listed = async () =>
      (await asAdmin("GET", path)).body.seats.map(({ seatId }: { seatId: string }) => seatId) as string[];
    const stateOf = async (...seats: string[]) => {
      const states = await seatStates(server.url, stage);
      return seats.map((seat) => states.get(seat)).join("");
    };
    const seatTaken = ({ status, body }: ApiAnswer) => [status, body.code, body.seats];

    it("[C82] are shown blocked, can't be held, and are listed with reason, name and end", async () => {
      const until = new Date(Date.now() + 3_600_000).toISOString();
      expect((await block(["A2", "A1", "A1"])).status).toBe(200);
      const reserved = await block(["A3"], { reason: "Press", name: "Ana", until });
      expect(reserved.body).toMatchObject({
        showtimeId: stage.showtimeId,
        seats: [
          { seatId: "A1", kind: "block", reason: "Broken", by: expect.stringMatching(/^usr_/) },
          { seatId: "A2", kind: "block" },
          { seatId: "A3", kind: "reserve", reason: "Press", name: "Ana", until },
        ],
      });
      expect((await asAdmin("GET", path)).body).toEqual(reserved.body);
      expect(await stateOf("A1", "A2", "A3", "A4")).toBe("BBBA");
      const guest = await shopper();
      const { showtimeId } = stage;
      const refused = await guest.socket.refused("seats:hold", {
        requestId: randomUUID(),
        showtimeId,
        seats: ["A3", "A4"],
      });
      expect(refused).toMatchObject({ code: "seat_taken", seats: ["A3"] });
      const again = await block(["A1"], { reason: "Wet" });
      expect(again.body.seats[0]).toMatchObject({ seatId: "A1", reason: "Wet" });
    });

    it("[C82] freed ones can be bought; those that are not blocked are passed over", async () => {
      await block(["B1", "B2"]);
      expect((await asAdmin("DELETE", `${path}?seats=B1,B9`)).status).toBe(204);
      expect(await stateOf("B1", "B2", "B9")).toBe("ABA");
      expect((await asAdmin("DELETE", `${path}?seats=B1`)).status).toBe(204);
      const guest = await shopper();
      expect((await guest.get((await guest.buy(["B1"])).id, 10)).status).toBe("confirmed");
      expect(seatTaken(await asAdmin("DELETE", `${path}?seats=Z99`))).toEqual([400, "seat_unknown", ["Z99"]]);
      expect((await asAdmin("DELETE", path)).status).toBe(400);
    });

    it("[C83] what is held or sold is not blocked, nor anything beside it", async () => {
      const guest = await shopper();
      await guest.get((await guest.buy(["C1"])).id, 10);
      await guest.hold(["C2"]);
      expect(seatTaken(await block(["C1", "C2", "C3"]))).toEqual([409, "seat_taken", ["C1", "C2"]]);
      expect(await stateOf("C1", "C2", "C3")).toBe("SHA");
      expect(seatTaken(await block(["C3", "Z99"]))).toEqual([400, "seat_unknown", ["Z99"]]);
      const paths = async (more: object) => (await block(["C3"], more)).body.errors[0].path;
      expect(await paths({ until: "2020-01-01T00:00:00Z" })).toBe("until");
      const justNow = new Date(Date.now() - 1).toISOString();
      expect(await paths({ until: justNow })).toBe("until");
      expect(await paths({ reason: " " })).toBe("reason");
      expect((await asAdmin("PUT", "/showtimes/sht_none/blocks", {})).status).toBe(404);
      const { showtimeId } = await setStage(server.url, { status: "draft" });
      const draft = await asAdmin("PUT", `/showtimes/${showtimeId}/blocks`, { seats: ["A1"], reason: "x" });
      expect(draft.body.code).toBe("showtime_closed");
      const past = { seats: ["A1"], reason: "x", until: justNow };
      expect((await asAdmin("PUT", `/showtimes/${showtimeId}/blocks`, past)).body.errors[0].path).toBe("until");
    });

    it("[C83] of guests who hold and staff who block at once one side gets the seat", async () => {
      const guests = await Promise.all(Array.from({ length: 4 }, () => shopper()));
      const outcomes = await Promise.all([
        ...guests.map((guest) =>
          guest.hold(["D1"]).then(
            () => "held",
            () => "taken",
          ),
        ),
        ...Array.from({ length: 3 }, async () => ((await block(["D1"])).status === 200 ? "blocked" : "taken")),
      ]);
      const got = outcomes.filter((outcome) => outcome !== "taken");
      expect(new Set(got).size, outcomes.join()).toBe(1);
      expect(await stateOf("D1")).toBe(got[0] === "held" ? "H" : "B");
      if (got[0] === "held") expect(got).toHaveLength(1);
    });

    it("[C85] who may block seats sells them; then they are blocked no more", async () => {
      await block(["F1", "F2"], { name: "Ana" });
      const clerk = await shopper(stage.adminToken);
      const sold = await clerk.order(await clerk.hold(["F1"]), { method: "cash" });
      expect([sold.status, sold.body.status]).toEqual([201, "confirmed"]);
      expect(await stateOf("F1", "F2")).toBe("SB");
      await eventually(async () => !(await listed()).includes("F1"), 10_000, "the block letting go");
      expect((await listed()).includes("F2")).toBe(true);
      const paid = await clerk.buy(["F2"]);
      expect((await clerk.get(paid.id, 10)).status).toBe("confirmed");
    });

    it.concurrent("[C84] they go free by themselves at their end", async () => {
      await block(["E1"], { until: new Date(Date.now() + 4_000).toISOString() });
      await block(["E2"]);
      expect(await stateOf("E1", "E2")).toBe("BB");
      await eventually(async () => (await stateOf("E1")) === "A", 20_000, "the end of a block");
      expect([await stateOf("E2"), (await listed()).includes("E1")]).toEqual(["B", false]);
    });

    it.concurrent("[C86] held, declined, cancelled or expired they go back to being blocked", async () => {
      await block(["G1", "G2", "G3"]);
      const clerk = await shopper(stage.adminToken);
      const release = () => clerk.socket.do("seats:release", { requestId: randomUUID(), showtimeId: stage.showtimeId });
      await clerk.hold(["G1"]);
      await release();
      expect(await stateOf("G1")).toBe("B");
      const declined = await clerk.buy(["G1"], { card: "sim_decline" });
      expect((await clerk.get(declined.id, 10)).status).toBe("declined");
      await clerk.socket.hears("hold:changed", ({ reason }) => reason === "declined");
      await release();
      const expired = await clerk.buy(["G2"], { card: "sim_silent" });
      const cancelled = await clerk.buy(["G3"], { card: "sim_challenge" });
      expect(await stateOf("G1", "G2", "G3")).toBe("BHH");
      await clerk.call("POST", `/orders/${cancelled.id}/cancel`);
      expect((await clerk.get(expired.id, 10)).status).toBe("expired");
      await eventually(async () => (await stateOf("G1", "G2", "G3")) === "BBB", 10_000, "the seats coming back");
      // In the books, too: nobody else can own them.
      const guest = await shopper();
      await expect(guest.hold(["G2"])).rejects.toThrow();
      const bought = await clerk.buy(["G1", "G2", "G3"]);
      expect((await clerk.get(bought.id, 10)).status).toBe("confirmed");
    });

    it("[C87] staff see reason and name of a blocked seat as it happens", async () => {
      const clerk = await shopper(stage.adminToken);
      const { showtimeId } = stage;
      await clerk.socket.do("seats:watch-details", { showtimeId });
      await block(["H1"], { reason: "Press", name: "Ana" });
      await clerk.socket.hears("seats:details", ({ seats }) =>
        seats.some(
          (seat) => seat.seatId === "H1" && seat.state === "B" && seat.reason === "Press" && seat.name === "Ana",
        ),
      );
    });

    it("[C88] a restart or an emptied Redis brings them back from the books", async () => {
      await block(["J1", "J2"]);
      const clerk = await shopper(stage.adminToken);
      await clerk.buy(["J2"], { method: "cash" });
      await eventually(async () => !(await listed()).includes("J2"));
      if (redis !== null) await sendRedis(redis.port, "FLUSHALL");
      else {
        await server.app.close();
        server = {
          ...(await startServer({ DATA_DIR: server.dataDir, PAYMENT_WINDOW_S: "4" })),
          dataDir: server.dataDir,
        };
      }
      await eventually(async () => (await stateOf("J1", "J2", "J3")) === "BSA", 15_000, "the rebuilt map");
    });

    it("[C82 A92] a showtime with blocked seats is not deleted; blocks are audited, without whom they are for", async () => {
      const other = await setStage(server.url);
      const at = `/showtimes/${other.showtimeId}`;
      const call = (method: string, where: string, body?: unknown) =>
        api(server.url)(method, where, body, { token: other.adminToken });
      await call("PUT", `${at}/blocks`, { seats: ["A1"], reason: "x" });
      expect((await call("DELETE", at)).body.code).toBe("in_use");
      await call("DELETE", `${at}/blocks?seats=A1`);
      await call("PUT", `${at}/blocks`, { seats: ["A2"], reason: "Press", name: "Ana Ruiz" });
      await call("DELETE", `${at}/blocks?seats=A2`);
      const rows = (await call("GET", "/audit?limit=20")).body.items as AuditRow[];
      const actions = rows.filter(({ subject }) => subject === other.showtimeId).map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(["showtime.block", "showtime.unblock"]));
      expect((await call("DELETE", at)).status).toBe(204);
      const told = rows.find(({ details }) => details?.reserved === true);
      expect(told?.details).toEqual({ seats: ["A2"], reason: "Press", reserved: true });
      expect(JSON.stringify(rows)).not.toContain("Ana");
    });
  });
