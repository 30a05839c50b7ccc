import { afterEach } from "vitest";
import { type Client, connect } from "./sockets.ts";

/** Who comes to an edge in the tests of a file, and leaves after each of them. */
export interface Visitors {
  /** With a token of one's own. */
  someone(token: string): Promise<Client>;
  /** A guest whom nobody met before. */
  somebody(): Promise<Client>;
  /** One that nobody used before. */
  requestId(): string;
}

export function visitorsOf(url: () => string): Visitors {
  const clients: Client[] = [];
  let people = 0;
  let requests = 0;
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  const someone = async (token: string) => {
    const client = await connect(url(), token);
    clients.push(client);
    return client;
  };
  return {
    someone,
    somebody: () => someone(`ses_${++people}`),
    requestId: () => `request-${++requests}`,
  };
}
