import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { type ApiAnswer, type ApiOptions, api } from "../support/api.ts";
import { openShopper, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import type { TestServer } from "../support/server.ts";

const PASSWORD = "una frase bastante larga";

interface Person {
  id: string;
  email: string;
  token: string;
  cookie: string;
  call(method: string, path: string, body?: unknown, options?: ApiOptions): Promise<ApiAnswer>;
}

/** An order without its version, which goes up once more when the seat map has heard of it. */
const settled = ({ version: _version, ...order }: Order) => order;

/** What is kept about people, over HTTP: the same on every store. */
export function describePeople(open: () => Promise<TestServer>): void {
  let server: TestServer;
  let call: ReturnType<typeof api>;
  let stage: Stage;
  let admin: Person["call"];
  const shoppers: Shopper[] = [];

  beforeAll(async () => {
    server = await open();
    call = api(server.url);
    stage = await setStage(server.url);
    admin = as(stage.adminToken);
  });
  afterAll(async () => {
    for (const shopper of shoppers) shopper.close();
    await server.close();
  });

  const as =
    (token: string): Person["call"] =>
    (method, path, body, options) =>
      call(method, path, body, { token, ...options });

  async function register(name = "Eva Díaz", preferences?: object): Promise<Person> {
    const email = `${randomUUID()}@Cinema.test`;
    const made = await call("POST", "/auth/register", { name, email, password: PASSWORD, preferences });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { token, user } = made.body;
    return { id: user.id, email, token, cookie: made.headers.getSetCookie()[0] ?? "", call: as(token) };
  }

  async function buy(token: string, seat: string, contact?: object): Promise<Order> {
    const shopper = await openShopper(server.url, stage, token);
    shoppers.push(shopper);
    const order = await shopper.buy([seat], contact && { contact });
    return shopper.get(order.id, 10);
  }

  const guestToken = async () => (await call("POST", "/auth/guest", {})).body.token as string;
  const signIn = (email: string, password = PASSWORD) => call("POST", "/auth/login", { email, password });
  const newGenre = async () => (await admin("POST", "/genres", { name: randomUUID() })).body.id as string;

  describe("one's own account", () => {
    it("[A70] is changed in part, by version, and keeps the rest", async () => {
      const [drama, comedy] = [await newGenre(), await newGenre()];
      const eva = await register("Eva", { genreIds: [drama], language: "es", seating: "pasillo" });
      const changed = await eva.call("PATCH", "/me", { name: "Eva D.", preferences: { genreIds: [comedy, comedy] } });
      expect(changed.body).toMatchObject({ name: "Eva D.", email: eva.email, version: 2 });
      expect(changed.body.preferences).toEqual({ genreIds: [comedy], language: "es", seating: "pasillo" });
      expect(changed.headers.get("etag")).toBe('"2"');
      const stale = await eva.call("PATCH", "/me", { name: "X" }, { headers: { "if-match": '"1"' } });
      expect(stale).toMatchObject({ status: 412, body: { code: "version_conflict" } });
      const cleared = await eva.call("PATCH", "/me", { preferences: { seating: null, language: "en-GB" } });
      expect(cleared.body.preferences).toEqual({ genreIds: [comedy], language: "en-GB" });
      expect((await eva.call("GET", "/me")).body).toEqual(cleared.body);
    });

    it("[A70] faults are named by field, and change nothing", async () => {
      const eva = await register();
      const other = await register();
      const wanted = { preferences: { genreIds: [await newGenre(), "gen_nothing"] } };
      expect(await eva.call("PATCH", "/me", wanted)).toMatchObject({
        status: 400,
        body: { code: "invalid_request", errors: [{ path: "preferences.genreIds.1" }] },
      });
      expect(await eva.call("PATCH", "/me", { email: "nope" })).toMatchObject({
        body: { errors: [{ path: "email" }] },
      });
      for (const roleIds of [["rol_admin"], []])
        expect(await eva.call("PATCH", "/me", { roleIds })).toMatchObject({ body: { errors: [{ path: "roleIds" }] } });
      expect(await eva.call("PATCH", "/me", { email: other.email.toUpperCase() })).toMatchObject({
        status: 409,
        body: { code: "duplicate" },
      });
      expect((await eva.call("GET", "/me")).body).toMatchObject({ version: 1, email: eva.email });
    });

    it("[A71] a genre that is deleted is left out of whoever liked it", async () => {
      const [gone, stays] = [await newGenre(), await newGenre()];
      const eva = await register("Eva", { genreIds: [gone, stays], language: "es" });
      expect((await admin("DELETE", `/genres/${gone}`)).status).toBe(204);
      expect((await eva.call("GET", "/me")).body.preferences.genreIds).toEqual([stays]);
      expect((await admin("GET", `/users/${eva.id}`)).body.preferences.genreIds).toEqual([stays]);
      expect((await signIn(eva.email)).body.user.preferences.genreIds).toEqual([stays]);
      const other = await eva.call("PATCH", "/me", { preferences: { language: "en" } });
      expect(other.body.preferences).toEqual({ genreIds: [stays], language: "en" });
    });

    it("[A72] a new password takes the old one, at least ten characters, and no other session along", async () => {
      const eva = await register();
      const other = (await signIn(eva.email)).body.token;
      const change = (currentPassword: string, newPassword: string) =>
        eva.call("PUT", "/me/password", { currentPassword, newPassword });
      expect(await change("wrong wrong wrong", "another long phrase")).toMatchObject({
        status: 400,
        body: { code: "invalid_request", errors: [{ path: "currentPassword" }] },
      });
      for (const bad of ["short", "password123!", "1234567890"])
        expect(await change(PASSWORD, bad)).toMatchObject({ status: 400, body: { errors: [{ path: "newPassword" }] } });
      expect((await change(PASSWORD, "another long phrase")).status).toBe(204);
      expect((await call("GET", "/me", undefined, { token: other })).status).toBe(401);
      expect((await eva.call("GET", "/me")).status).toBe(200);
      expect((await call("POST", "/auth/refresh", {}, { cookie: eva.cookie })).status).toBe(200);
      expect((await signIn(eva.email)).status).toBe(401);
      expect((await signIn(eva.email, "another long phrase")).status).toBe(200);
    });
  });

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

  describe("people, managed", () => {
    it("[A80] are found by the beginnings of names and addresses, by role and by status, in pages", async () => {
      const role = (await admin("POST", "/roles", { name: randomUUID(), permissions: ["sell"] })).body.id;
      const add = async (name: string, email: string, more: object = {}) =>
        (await admin("POST", "/users", { name, email, password: PASSWORD, ...more })).body.id as string;
      const ines = await add("Inés Núñez Zorrilla", "ines.n@cines.test", { roleIds: [role] });
      const inigo = await add("ÍÑIGO Zorrilla", "montoya@cines.test", { roleIds: [role], status: "disabled" });
      const zoe = await add("Zoe", "zorro@cines.test");
      const find = async (query: string) => {
        const ids: string[] = [];
        for (let cursor: string | null = ""; cursor !== null; ) {
          const page: ApiAnswer = await admin("GET", `/users?${query}&limit=1&cursor=${cursor}`);
          expect(page.status, JSON.stringify(page.body)).toBe(200);
          ids.push(...page.body.items.map(({ id }: { id: string }) => id));
          cursor = page.body.nextCursor;
        }
        return ids.sort();
      };
      expect(await find("q=zorr")).toEqual([ines, inigo, zoe].sort());
      expect(await find("q=nunez%20INES")).toEqual([ines]);
      expect(await find("q=INES.N%40CINES")).toEqual([ines]);
      expect(await find("q=igo")).toEqual([]);
      expect(await find(`roleId=${role}`)).toEqual([ines, inigo].sort());
      expect(await find(`q=zor&roleId=${role}&status=disabled`)).toEqual([inigo]);
      expect(await find("status=disabled")).toEqual([inigo]);
      const everybody = await find("q=");
      for (const id of [ines, inigo, zoe]) expect(everybody).toContain(id);
      await admin("PATCH", `/users/${zoe}`, { name: "Ada", email: "ada@cines.test" });
      expect(await find("q=zo")).toEqual([ines, inigo].sort());
      expect(await find("q=ada")).toEqual([zoe]);
    });

    it("[A80] a user is changed by version; what is left out stays", async () => {
      const { id } = await register("Bea", { genreIds: [], language: "es", seating: "fondo" });
      const changed = await admin("PATCH", `/users/${id}`, { preferences: { language: "en" } });
      expect(changed.body).toMatchObject({
        version: 2,
        name: "Bea",
        preferences: { language: "en", seating: "fondo" },
      });
      const stale = { headers: { "if-match": '"1"' } };
      expect((await admin("PATCH", `/users/${id}`, { name: "X" }, stale)).status).toBe(412);
      expect((await admin("DELETE", `/users/${id}`, undefined, stale)).status).toBe(412);
      expect((await admin("GET", `/users/${id}`)).body.name).toBe("Bea");
    });

    it("[A82] a role is made, changed by version, kept while somebody has it, and then deleted", async () => {
      const made = await admin("POST", "/roles", { name: "Taquilla 2", permissions: ["sell", "sell"] });
      expect(made.body).toMatchObject({ version: 1, permissions: ["sell"], builtIn: false });
      const path = `/roles/${made.body.id}`;
      expect((await admin("POST", "/roles", { name: " TAQUILLA 2", permissions: [] })).body.code).toBe("duplicate");
      const stale = { headers: { "if-match": '"3"' } };
      expect((await admin("PATCH", path, { name: "X" }, stale)).status).toBe(412);
      const changed = await admin(
        "PATCH",
        path,
        { permissions: ["tickets:check"] },
        { headers: { "if-match": '"1"' } },
      );
      expect(changed.body).toMatchObject({ version: 2, name: "Taquilla 2", permissions: ["tickets:check"] });
      const { id } = await register();
      await admin("PATCH", `/users/${id}`, { roleIds: [made.body.id] });
      expect(await admin("DELETE", path)).toMatchObject({ status: 409, body: { code: "in_use" } });
      expect((await admin("GET", path)).body.version).toBeGreaterThanOrEqual(2);
      await admin("PATCH", `/users/${id}`, { roleIds: [] });
      expect((await admin("DELETE", path)).status).toBe(204);
      expect((await admin("GET", path)).status).toBe(404);
      for (const builtIn of ["rol_admin", "rol_customer"])
        expect(await admin("DELETE", `/roles/${builtIn}`)).toMatchObject({ status: 409, body: { code: "in_use" } });
    });

    it("[A81] the last administrator stays, by whatever way they would go", async () => {
      const { id } = (await admin("GET", "/me")).body;
      const ways = [
        () => admin("PATCH", `/users/${id}`, { status: "disabled" }),
        () => admin("PATCH", `/users/${id}`, { roleIds: ["rol_manager"] }),
        () => admin("DELETE", `/users/${id}`),
        () => admin("DELETE", "/me"),
      ];
      for (const go of ways) expect(await go()).toMatchObject({ status: 409, body: { code: "in_use" } });
      expect((await admin("GET", "/me")).body).toMatchObject({ status: "active", roleIds: ["rol_admin"] });
    });
  });

  describe("a link to a new password", () => {
    it("[A77 A78] handed over, works once, signs everybody out, and lets the owner in", async () => {
      const eva = await register();
      const issued = await admin("POST", `/users/${eva.id}/password-link`);
      expect(issued.status).toBe(201);
      expect(Date.parse(issued.body.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
      expect(issued.body.url).toBe(`${server.url}/#/account/reset/${issued.body.code}`);
      const { code } = (await admin("POST", `/users/${eva.id}/password-link`)).body;
      const reset = (password: string, by = code) => call("PUT", "/auth/password-reset", { code: by, password });
      expect(await reset("password123!")).toMatchObject({ status: 400, body: { errors: [{ path: "password" }] } });
      const answers = await Promise.all([1, 2, 3, 4].map((n) => reset(`a whole new phrase ${n}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400, 400]);
      const place = answers.findIndex(({ status }) => status === 204) + 1;
      for (const used of [code, issued.body.code, "made up"])
        expect(await reset("one more long phrase", used)).toMatchObject({
          status: 400,
          body: { errors: [{ path: "code" }] },
        });
      expect((await eva.call("GET", "/me")).status).toBe(401);
      expect((await call("POST", "/auth/refresh", {}, { cookie: eva.cookie })).status).toBe(401);
      expect((await signIn(eva.email)).status).toBe(401);
      expect((await signIn(eva.email, `a whole new phrase ${place}`)).status).toBe(200);
    });

    it("[A77] ends with a change of the password or the address", async () => {
      const changes = [
        (eva: Person) =>
          eva.call("PUT", "/me/password", { currentPassword: PASSWORD, newPassword: "another long phrase" }),
        (eva: Person) => eva.call("PATCH", "/me", { email: `${randomUUID()}@cinema.test` }),
      ];
      for (const change of changes) {
        const eva = await register();
        const { code } = (await admin("POST", `/users/${eva.id}/password-link`)).body;
        expect((await change(eva)).status).toBeLessThan(300);
        const reset = await call("PUT", "/auth/password-reset", { code, password: "a whole new phrase" });
        expect(reset).toMatchObject({ status: 400, body: { errors: [{ path: "code" }] } });
      }
    });

    it("[A78] of somebody who has more is not given", async () => {
      const role = (await admin("POST", "/roles", { name: randomUUID(), permissions: ["users:write"] })).body.id;
      const email = `${randomUUID()}@cinema.test`;
      await admin("POST", "/users", { name: "HR", email, password: PASSWORD, roleIds: [role] });
      const hr = as((await signIn(email)).body.token);
      const { id } = (await admin("GET", "/me")).body;
      expect(await hr("POST", `/users/${id}/password-link`)).toMatchObject({
        status: 403,
        body: { code: "forbidden" },
      });
      for (const change of [{ password: "a whole new phrase" }, { email: "mine@x.test" }, { status: "disabled" }])
        expect((await hr("PATCH", `/users/${id}`, change)).status).toBe(403);
      expect((await hr("DELETE", `/users/${id}`)).status).toBe(403);
      const eva = await register();
      expect((await hr("POST", `/users/${eva.id}/password-link`)).status).toBe(201);
      expect((await hr("PATCH", `/users/${eva.id}`, { roleIds: ["rol_box_office"] })).status).toBe(403);
    });
  });
}
