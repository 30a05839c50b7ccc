import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProvider, type TestProvider } from "../support/provider.ts";
import { openShopper, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** Callbacks as they come over the network; the provider of this server sends none by itself. */
let books: TestProvider;
let server: TestServer;
let stage: Stage;
let guest: Shopper;
beforeAll(async () => {
  books = await openProvider();
  const { provider } = books;
  server = await startServer({}, { payment: { provider, page: provider.page, onCallback: () => {} } });
  stage = await setStage(server.url);
  guest = await openShopper(server.url, stage);
});
afterAll(async () => {
  guest.close();
  await server.close();
  await books.close();
});

const send = (body: string, headers: Record<string, string>, provider = "simulated") =>
  fetch(`${server.url}/api/v1/payments/webhooks/${provider}`, { method: "POST", body, headers });

describe("callbacks of the provider", () => {
  it("[P10] signed, they end the order at once, however many come", async () => {
    const order = await guest.buy(["A1"], { card: "sim_challenge" });
    await books.provider.page.answer(`${order.id}:1`, true);
    const { body, headers } = await books.provider.callbackFor(`${order.id}:1`);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(body, headers)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    expect((await guest.get(order.id)).status).toBe("confirmed");
  });

  it("[P9] unsigned or changed, they are refused; nobody's attempt is nobody's business", async () => {
    const order = await guest.buy(["A2"], { card: "sim_challenge" });
    const { body, headers } = await books.provider.callbackFor(`${order.id}:1`);
    expect((await send(body, { "content-type": "application/json" })).status).toBe(401);
    expect((await send(`${body} `, headers)).status).toBe(401);
    expect((await send("", headers)).status).toBe(401);
    expect((await send(body, headers, "stripe")).status).toBe(404);
    expect((await send("x".repeat(70_000), headers)).status).toBe(413);
    const nobody = await books.provider.callbackFor("ord_nobody:1");
    expect((await send(nobody.body, nobody.headers)).status).toBe(204);
    expect((await guest.get(order.id)).status).toBe("pending");
    await guest.call("POST", `/orders/${order.id}/cancel`);
  });

  it("[P9] a callback that lies about the outcome changes nothing: the provider is asked", async () => {
    const order = await guest.buy(["A3"], { card: "sim_challenge" });
    const { body, headers } = await books.provider.callbackFor(`${order.id}:1`);
    expect(body).toContain("pending");
    expect((await send(body, headers)).status).toBe(204);
    expect((await guest.get(order.id)).status).toBe("pending");
    await guest.call("POST", `/orders/${order.id}/cancel`);
  });
});
