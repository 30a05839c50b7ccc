import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { openShopper, setStage } from "../support/purchase.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { type Client, connect } from "../support/sockets.ts";

describe("who has which seat, in a whole server", () => {
  let server: TestServer;
  let call: ReturnType<typeof api>;
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await startServer();
    call = api(server.url);
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  it("[D73] who has a seat is said for people: clerks and kiosks by name, customers and guests unnamed", async () => {
    const stage = await setStage(server.url);
    const { adminToken, showtimeId } = stage;
    const account = { name: "Eva Ruiz", email: "eva@cinema.test", password: "long enough" };
    const made = async (path: string, body: object, token?: string) =>
      (await call("POST", path, body, token === undefined ? {} : { token })).body;
    const customer = (await made("/auth/register", account)).token;
    const lobby = { name: "Lobby 1", kind: "kiosk" };
    const { enrolmentCode } = await made("/devices", lobby, adminToken);
    const device = await made("/auth/device", { code: enrolmentCode });
    const visit = await made("/auth/device/visit", {}, device.token);
    const buyers = { A1: undefined, B1: customer, C1: visit.token, D1: adminToken };
    const known = {
      ...{ A1: { kind: "guest" }, B1: { kind: "customer" } },
      ...{ C1: { kind: "device", name: "Lobby 1" }, D1: { kind: "staff", name: "Administrator" } },
    };
    const admin = await connect(server.url, adminToken);
    clients.push(admin);
    const seen = async () => {
      const { seats } = await admin.do("seats:watch-details", { showtimeId });
      return Object.fromEntries(seats.map(({ seatId, state, who }) => [seatId, { state, ...who }]));
    };
    const all = (state: string) =>
      Object.fromEntries(Object.entries(known).map(([seatId, who]) => [seatId, { state, ...who }]));
    const sales = await Promise.all(
      Object.entries(buyers).map(async ([seatId, token]) => {
        const shopper = await openShopper(server.url, stage, token);
        clients.push(shopper.socket);
        return { shopper, hold: await shopper.hold([seatId]) };
      }),
    );
    expect(await seen()).toEqual(all("H"));
    await Promise.all(
      sales.map(({ shopper, hold }, place) => shopper.order(hold, place === 3 ? { method: "cash" } : {})),
    );
    await eventually(async () => Object.values(await seen()).every(({ state }) => state === "S"), 5_000);
    expect(await seen()).toEqual(all("S"));
  });
});
