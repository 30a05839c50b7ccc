import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PASSWORD, type People, type Person } from "../support/people.ts";

/** New passwords by a link that somebody else handed over. */
export function describePasswordLinks({ admin, as, call, register, signIn, url }: People): void {
  describe("a link to a new password", () => {
    it("[A77 A78] handed over, works once, signs everybody out, and lets the owner in", async () => {
      const eva = await register();
      const issued = await admin("POST", `/users/${eva.id}/password-link`);
      expect(issued.status).toBe(201);
      expect(Date.parse(issued.body.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
      expect(issued.body.url).toBe(`${url()}/#/account/reset/${issued.body.code}`);
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
