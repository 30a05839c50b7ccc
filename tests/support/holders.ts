/** Those who hold a token of a whole server, and lose it: customers, clerks, devices and their sockets. */
import { randomUUID } from "node:crypto";
import { api } from "./api.ts";
import { type Stage, seatStates, setStage } from "./purchase.ts";
import type { TestServer } from "./server.ts";
import { type Client, connect } from "./sockets.ts";

export const PASSWORD = "una frase bastante larga";
/** What a socket may take to be cut when its token counts no more. */
export const CUT_WITHIN_MS = 5_000;

interface Holder {
  id: string;
  token: string;
}
interface Person extends Holder {
  credentials: { email: string; password: string };
}

export interface Holders {
  stage: Stage;
  call: ReturnType<typeof api>;
  register(): Promise<Person>;
  clerk(roleIds: string[]): Promise<Person>;
  enrol(): Promise<Holder>;
  /** A socket that is closed with the others by `leave`. */
  enter(token: string): Promise<Client>;
  /** Asks for a seat of the stage. */
  hold(client: Client, seat: string): ReturnType<typeof holdSeat>;
  stateOf(seat: string): Promise<string | undefined>;
  /** Closes the sockets. */
  leave(): void;
}

export async function openHolders({ url }: TestServer): Promise<Holders> {
  const call = api(url);
  const stage = await setStage(url);
  const admin = { token: stage.adminToken };
  const clients: Client[] = [];
  const newCredentials = () => ({ email: `${randomUUID()}@cinema.test`, password: PASSWORD });
  return {
    stage,
    call,
    async register() {
      const credentials = newCredentials();
      const { body } = await call("POST", "/auth/register", { name: "Eva", ...credentials });
      return { id: body.user.id, token: body.token, credentials };
    },
    async clerk(roleIds) {
      const credentials = newCredentials();
      const made = await call("POST", "/users", { name: "C", ...credentials, roleIds }, admin);
      return { id: made.body.id, token: (await call("POST", "/auth/login", credentials)).body.token, credentials };
    },
    async enrol() {
      const made = await call("POST", "/devices", { name: "K", kind: "kiosk" }, admin);
      const enrolled = await call("POST", "/auth/device", { code: made.body.enrolmentCode });
      return { id: made.body.id, token: enrolled.body.token };
    },
    async enter(token) {
      const client = await connect(url, token);
      clients.push(client);
      return client;
    },
    hold: (client, seat) => holdSeat(client, stage.showtimeId, seat),
    stateOf: async (seat) => (await seatStates(url, stage)).get(seat),
    leave() {
      for (const client of clients.splice(0)) client.close();
    },
  };
}

const holdSeat = (client: Client, showtimeId: string, seat: string) =>
  client.ask("seats:hold", { requestId: randomUUID(), showtimeId, seats: [seat] });

/** When the server ended a connection, for those who look at it later. */
export function cutAt({ socket }: Client): Promise<number> {
  return new Promise((resolve) => socket.once("disconnect", () => resolve(Date.now())));
}
