import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import type { ApiAnswer } from "../support/api.ts";
import { PASSWORD, type People } from "../support/people.ts";

/** An order without its version, which goes up once more when the seat map has heard of it. */
const settled = ({ version: _version, ...order }: Order) => order;

/** What people bought: listed, exported, forgotten, found again. */
export function describePurchases({ admin, as, buy, call, guestToken, register, signIn }: People): void {
  describe("purchases", () => {
    it("[A73] are listed to their buyer, newest first and in pages, with what a guest bought before signing in", async () => {
      const guest = await guestToken();
      const first = await buy(guest, "A1");
      const email = `${randomUUID()}@cinema.test`;
      const me = await call("POST", "/auth/register", { name: "Ana", email, password: PASSWORD }, { token: guest });
      const { token } = me.body;
      const second = await buy(token, "A2");
      const stranger = await register();
      await buy(stranger.token, "A3");
      const numbers: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: ApiAnswer = await call("GET", `/me/orders?limit=1&cursor=${cursor}`, undefined, { token });
        numbers.push(...page.body.items.map(({ number }: Order) => number));
        cursor = page.body.nextCursor;
      }
      expect(numbers).toEqual([second.number, first.number]);
      const [newest] = (await call("GET", "/me/orders", undefined, { token })).body.items;
      expect(settled(newest)).toEqual(settled(second));
      expect((await call("GET", "/me/orders?status=declined", undefined, { token })).body.items).toEqual([]);
    });

    it("[A73] the export holds account, sessions, activity and every purchase, and no secret", async () => {
      const eva = await register();
      const order = await buy(eva.token, "B1", { name: "Eva", email: "eva@home.test" });
      const exported = await eva.call("GET", "/me/export");
      expect(exported.headers.get("content-disposition")).toMatch(/^attachment; filename="butaca-[\d-]{10}\.json"$/);
      expect(exported.body.account).toEqual((await eva.call("GET", "/me")).body);
      expect(exported.body.sessions).toHaveLength(1);
      const activity: { action: string; from?: string }[] = exported.body.activity;
      expect(activity.map(({ action }) => action).sort()).toEqual(["account.export", "register", "user.create"]);
      expect(activity.every(({ from }) => from === "127.0.0.1")).toBe(true);
      expect(exported.body.orders.map(settled)).toEqual([settled(order)]);
      for (const secret of ["argon2", "Hash", "chainKey", eva.token])
        expect(JSON.stringify(exported.body)).not.toContain(secret);
    });

    it("[A74] whoever leaves takes their name along; the books keep number, seller and money", async () => {
      const eva = await register();
      const order = await buy(eva.token, "C1", { name: "Eva Díaz", email: eva.email });
      expect((await eva.call("DELETE", "/me", undefined, { headers: { "if-match": '"7"' } })).status).toBe(412);
      expect((await eva.call("DELETE", "/me")).status).toBe(204);
      expect((await eva.call("GET", "/me")).status).toBe(401);
      expect((await call("POST", "/auth/refresh", {}, { cookie: eva.cookie })).status).toBe(401);
      expect((await signIn(eva.email)).status).toBe(401);
      expect((await admin("GET", `/users/${eva.id}`)).status).toBe(404);
      const kept = (await admin("GET", `/orders/${order.id}`)).body;
      const { contact: _contact, ...rest } = settled(order);
      expect(kept).toMatchObject(rest);
      expect(kept).not.toHaveProperty("contact");
      expect((await admin("GET", `/orders?customerId=${eva.id}`)).body.items).toEqual([]);
      const receipt = await admin("GET", `/orders/${order.id}/receipt`, undefined, {
        headers: { accept: "text/html" },
      });
      expect(receipt.status).toBe(200);
      expect(receipt.body).toContain(order.receiptNumber);
      const again = { name: "Eva", email: eva.email, password: PASSWORD };
      expect((await call("POST", "/auth/register", again)).status).toBe(201);
    });

    it("[A74] a user whom somebody deletes is forgotten alike", async () => {
      const eva = await register();
      const order = await buy(eva.token, "C3", { email: eva.email });
      expect((await admin("DELETE", `/users/${eva.id}`)).status).toBe(204);
      expect((await admin("DELETE", `/users/${eva.id}`)).status).toBe(404);
      expect((await eva.call("GET", "/me")).status).toBe(401);
      expect((await admin("GET", `/orders/${order.id}`)).body).not.toHaveProperty("contact");
    });

    it("[A79] of a guest are found by number and e-mail on another phone, to read and no more", async () => {
      const order = await buy(await guestToken(), "D1", { name: "Ana", email: "Ana@home.test" });
      const phone = as(await guestToken());
      expect((await phone("GET", `/orders/${order.id}`)).status).toBe(404);
      const found = await phone("POST", "/orders/lookup", {
        number: order.number.toLowerCase().replace("-", " "),
        email: " ana@HOME.test ",
      });
      expect(found).toMatchObject({ status: 200, body: { id: order.id, tickets: order.tickets } });
      expect(settled((await phone("GET", `/orders/${order.id}`)).body)).toEqual(settled(found.body));
      const receipt = await phone("GET", `/orders/${order.id}/receipt`, undefined, {
        headers: { accept: "text/html" },
      });
      expect(receipt.status).toBe(200);
      expect((await phone("POST", `/orders/${order.id}/cancel`)).status).toBe(403);
      expect((await as(await guestToken())("GET", `/orders/${order.id}`)).status).toBe(404);
    });

    it("[A79] whatever is wrong is one and the same 404", async () => {
      const order = await buy(await guestToken(), "D3", { email: "ana@home.test" });
      const silent = await buy(await guestToken(), "D5");
      const phone = as(await guestToken());
      const wrongs = [
        { number: order.number, email: "eva@home.test" },
        { number: "XXX-XXX", email: "ana@home.test" },
        { number: silent.number, email: "ana@home.test" },
      ];
      const refused = await Promise.all(wrongs.map((wanted) => phone("POST", "/orders/lookup", wanted)));
      const told = refused.map(({ status, body: { requestId: _id, ...body } }) => ({ status, body }));
      for (const one of told) expect(one).toEqual(told[0]);
      expect(told[0]).toMatchObject({ status: 404, body: { code: "not_found" } });
    });
  });
}
