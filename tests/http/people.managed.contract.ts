import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ApiAnswer } from "../support/api.ts";
import { PASSWORD, type People } from "../support/people.ts";

/** People and roles as administrators find and change them. */
export function describeManaged({ admin, register }: People): void {
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
}
