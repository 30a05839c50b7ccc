/** A whole server with one showtime, and guests who come in to buy. */
import { openShopper, type Shopper, type Stage, seatStates, setStage } from "./purchase.ts";
import { startServer } from "./server.ts";

export interface Shop {
  url: string;
  stage: Stage;
  /** Somebody who buys: a guest, unless a token is given. Leaves when the shop closes. */
  shopper(token?: string): Promise<Shopper>;
  /** Lets go of somebody else, too, when it closes. */
  closes(shopper: Shopper): void;
  /** Standard seats that nobody was given yet. */
  seats(count: number): string[];
  /** One character, as everyone sees the seat. */
  stateOf(seat: string | undefined): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openShop(env: Record<string, string> = {}): Promise<Shop> {
  const server = await startServer(env);
  const stage = await setStage(server.url);
  const unused = stage.seats.filter((seat) => !seat.startsWith("V"));
  const shoppers: Shopper[] = [];
  return {
    url: server.url,
    stage,
    async shopper(token) {
      const opened = await openShopper(server.url, stage, token);
      shoppers.push(opened);
      return opened;
    },
    closes: (shopper) => void shoppers.push(shopper),
    seats: (count) => unused.splice(0, count),
    stateOf: async (seat) => (await seatStates(server.url, stage)).get(seat ?? ""),
    async close() {
      for (const shopper of shoppers) shopper.close();
      await server.close();
    },
  };
}
