/** A cinema of one small room to look at in a browser, made through the API of a built server. */
import { randomUUID } from "node:crypto";
import { api } from "./api.ts";
import { type ServerProcess, spawnServer } from "./process.ts";
import { openShopper, type Shopper, type Stage, signInAdmin } from "./purchase.ts";

export interface House extends Stage {
  server: ServerProcess;
  /** Kills the server and starts it again: same store, same address. */
  restart(): Promise<void>;
  /** Another room with a showtime of its own. */
  another(furniture: Furniture): Promise<Stage>;
  /** Somebody elsewhere who buys, here unless told otherwise. */
  rival(where?: Stage): Promise<Shopper>;
  /** A one-time code for a new kiosk. */
  kioskCode(): Promise<string>;
  /** One character per seat, as everyone sees them. */
  stateOf(seatId: string): Promise<string>;
  close(): Promise<void>;
}

/** Every kind of seat, aisles, and rows short enough to read: 32 seats. */
export const SMALL_CHART = ["A  ssss..ssss", "B  ssss..ssss", "C  wcss..sscw", "D  vvvv..vvvv"].join("\n");
const HOUR_MS = 3_600_000;

/** A zone where it is this hour now: a test of today's programme must not depend on when it runs. */
export function zoneWhereItIs(hour: number, now = new Date()): string {
  const ahead = ((((hour - now.getUTCHours()) % 24) + 36) % 24) - 12;
  // The names of these zones count the other way round.
  return `Etc/GMT${ahead < 0 ? "+" : "-"}${Math.abs(ahead)}`;
}

/** A built server where it is noon, empty unless `DEMO` is set. */
export function spawnNoonServer(env: Record<string, string> = {}): Promise<ServerProcess> {
  return spawnServer({ CINEMA_TIME_ZONE: zoneWhereItIs(12), ...env });
}

export interface Furniture {
  chart?: string;
  title?: string;
}

/** A room and a showtime of its own film in two hours, in a server that runs already. */
export async function furnish(
  url: string,
  adminToken: string,
  { chart = SMALL_CHART, title = "El sur" }: Furniture = {},
): Promise<Stage> {
  const make = async (path: string, body: object) => {
    const answer = await api(url)("POST", path, body, { token: adminToken });
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const genre = await make("/genres", { name: `Drama ${randomUUID().slice(0, 4)}` });
  const film = await make("/films", {
    ...{ title, director: "Víctor Erice", durationMinutes: 95, genreIds: [genre.id] },
    ...{ releaseDate: "1983-05-19", certificate: "7", synopsis: "Una niña, su padre y un péndulo.", status: "showing" },
  });
  const auditorium = await make("/auditoriums", { name: `Sala ${randomUUID().slice(0, 4)}`, chart });
  const adult = await make("/ticket-types", { name: `General ${randomUUID().slice(0, 4)}`, order: 1, active: true });
  const child = await make("/ticket-types", { name: `Infantil ${randomUUID().slice(0, 4)}`, order: 2, active: true });
  const showtime = await make("/showtimes", {
    ...{ filmId: film.id, auditoriumId: auditorium.id, attributes: ["VOSE"], status: "on-sale" },
    startsAt: new Date(Date.now() + 2 * HOUR_MS).toISOString(),
    prices: [
      { zone: "standard", ticketTypeId: adult.id, amount: 950 },
      { zone: "standard", ticketTypeId: child.id, amount: 700 },
      { zone: "vip", ticketTypeId: adult.id, amount: 1_400 },
    ],
  });
  return {
    ...{ showtimeId: showtime.id, auditoriumId: auditorium.id, filmId: film.id, adultId: adult.id, childId: child.id },
    ...{ seats: auditorium.seats.map(({ id }: { id: string }) => id), adminToken },
  };
}

/** A server with one small room. `orphanRule` is off unless told otherwise: single seats are nobody's concern here. */
export async function openHouse(env: Record<string, string> = {}, furniture: Furniture = {}): Promise<House> {
  const server = await spawnNoonServer({ ORPHAN_RULE: "off", ...env });
  let again: ServerProcess | undefined;
  const adminToken = await signInAdmin(server.url);
  const stage = await furnish(server.url, adminToken, furniture);
  const call = api(server.url);
  const shoppers: Shopper[] = [];
  return {
    ...stage,
    server,
    async restart() {
      await (again ?? server).end("SIGKILL");
      const { port } = new URL(server.url);
      again = await spawnNoonServer({ ORPHAN_RULE: "off", ...env, PORT: port, DATA_DIR: server.dataDir });
    },
    another: (more) => furnish(server.url, adminToken, more),
    async rival(where = stage) {
      const shopper = await openShopper(server.url, where);
      shoppers.push(shopper);
      return shopper;
    },
    kioskCode: () => kioskCode(server.url, adminToken),
    async stateOf(seatId) {
      const { body } = await call("GET", `/showtimes/${stage.showtimeId}/seats`);
      return body.states[stage.seats.indexOf(seatId)] ?? "?";
    },
    async close() {
      for (const shopper of shoppers) shopper.close();
      await again?.close();
      await server.close();
    },
  };
}

/** A one-time code for a new kiosk. */
export async function kioskCode(url: string, adminToken: string): Promise<string> {
  const device = { name: `Kiosk ${randomUUID().slice(0, 4)}`, kind: "kiosk" };
  const { status, body } = await api(url)("POST", "/devices", device, { token: adminToken });
  if (status !== 201) throw new Error(`no device: ${JSON.stringify(body)}`);
  return body.enrolmentCode;
}
