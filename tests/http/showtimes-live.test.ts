import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";
import { type Client, connect } from "../support/sockets.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
let guest: Client;
let showtime: { id: string; auditoriumId: string };
const startsAt = (hours: number) => new Date(Math.ceil(Date.now() / 3_600_000 + hours) * 3_600_000).toISOString();
const change = (path: string, body: object) => call("PATCH", path, body, { token });

beforeAll(async () => {
  server = await startServer();
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
  const add = async (path: string, body: object) => (await call("POST", path, body, { token })).body;
  const film = await add("/films", { title: "Live", durationMinutes: 90, status: "showing" });
  const room = await add("/auditoriums", { name: "Live", chart: "A ssss" });
  const type = await add("/ticket-types", { name: "Adult" });
  const prices = [{ zone: "standard", ticketTypeId: type.id, amount: 900 }];
  const input = { filmId: film.id, auditoriumId: room.id, startsAt: startsAt(5), prices, status: "on-sale" };
  showtime = await add("/showtimes", input);
  guest = await connect(server.url, (await call("POST", "/auth/guest", {})).body.token);
  await guest.do("showtime:join", { showtimeId: showtime.id });
});
afterAll(async () => {
  guest.close();
  await server.close();
});

const hold = (seats: string[]) =>
  guest.ask("seats:hold", { requestId: `r-${Math.random()}`, showtimeId: showtime.id, seats });

describe("viewers of a showtime that changes", () => {
  it("[U57] are told at once when it closes, opens, moves and is cancelled; holds follow the status", async () => {
    const at = `/showtimes/${showtime.id}`;
    const hears = (wanted: object) =>
      guest.hears("showtime:changed", (told) => Object.entries(wanted).every(([k, v]) => told[k as "status"] === v));
    await change(at, { status: "closed" });
    expect(await hears({ status: "closed" })).toMatchObject({ showtimeId: showtime.id });
    expect(await hold(["A1"])).toMatchObject({ ok: false, error: { code: "showtime_closed" } });
    await change(at, { status: "on-sale" });
    await hears({ status: "on-sale" });
    expect(await hold(["A1"])).toMatchObject({ ok: true });
    expect((await call("DELETE", at, undefined, { token })).body.code).toBe("in_use");
    const later = startsAt(8);
    await change(at, { startsAt: later });
    await hears({ startsAt: later });
    await change(`/auditoriums/${showtime.auditoriumId}`, { chart: "A ss" });
    const { snapshot } = (await guest.do("showtime:join", { showtimeId: showtime.id })) as {
      snapshot: { states: string };
    };
    expect(snapshot.states).toBe("HAAA");
    await change(at, { status: "cancelled" });
    await hears({ status: "cancelled" });
    expect(await hold(["A2"])).toMatchObject({ ok: false, error: { code: "showtime_closed" } });
  });
});
