/** People of a whole server: who registers, buys and administers there. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { type ApiAnswer, type ApiOptions, api } from "./api.ts";
import { openShopper, type Shopper, setStage } from "./purchase.ts";
import type { TestServer } from "./server.ts";

export const PASSWORD = "una frase bastante larga";

type Call = (method: string, path: string, body?: unknown, options?: ApiOptions) => Promise<ApiAnswer>;

export interface Person {
  id: string;
  email: string;
  token: string;
  cookie: string;
  call: Call;
}

export interface People {
  url(): string;
  /** As nobody, unless a token is given. */
  call: Call;
  admin: Call;
  as(token: string): Call;
  /** Somebody new with `PASSWORD`. */
  register(name?: string, preferences?: object): Promise<Person>;
  /** The order of one seat when it is no longer pending. */
  buy(token: string, seat: string, contact?: object): Promise<Order>;
  guestToken(): Promise<string>;
  signIn(email: string, password?: string): Promise<ApiAnswer>;
  newGenre(): Promise<string>;
  /** Closes the server, too. */
  close(): Promise<void>;
}

export async function openPeople(server: TestServer): Promise<People> {
  const call: Call = api(server.url);
  const stage = await setStage(server.url);
  const shoppers: Shopper[] = [];
  const as =
    (token: string): Call =>
    (method, path, body, options) =>
      call(method, path, body, { token, ...options });
  const admin = as(stage.adminToken);
  return {
    url: () => server.url,
    ...{ call, admin, as },
    async register(name = "Eva Díaz", preferences) {
      const email = `${randomUUID()}@Cinema.test`;
      const made = await call("POST", "/auth/register", { name, email, password: PASSWORD, preferences });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      const { token, user } = made.body;
      return { id: user.id, email, token, cookie: made.headers.getSetCookie()[0] ?? "", call: as(token) };
    },
    async buy(token, seat, contact) {
      const shopper = await openShopper(server.url, stage, token);
      shoppers.push(shopper);
      const order = await shopper.buy([seat], contact && { contact });
      return shopper.get(order.id, 10);
    },
    guestToken: async () => (await call("POST", "/auth/guest", {})).body.token,
    signIn: (email, password = PASSWORD) => call("POST", "/auth/login", { email, password }),
    newGenre: async () => (await admin("POST", "/genres", { name: randomUUID() })).body.id,
    async close() {
      for (const shopper of shoppers) shopper.close();
      await server.close();
    },
  };
}
