import { describe, expect, it } from "vitest";
import { PASSWORD, type People } from "../support/people.ts";

/** One's own account: data, tastes, password. */
export function describeAccounts({ admin, call, newGenre, register, signIn }: People): void {
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

    it("[A95] any language is kept, with or without a country", async () => {
      const eva = await register("Eva", { genreIds: [], language: "ca" });
      expect((await eva.call("GET", "/me")).body.preferences.language).toBe("ca");
      for (const language of ["EN", "english", "en-gb", "ca-", ""])
        expect(await eva.call("PATCH", "/me", { preferences: { language } })).toMatchObject({
          status: 400,
          body: { errors: [{ path: "preferences.language" }] },
        });
      expect((await eva.call("GET", "/me")).body).toMatchObject({ version: 1, preferences: { language: "ca" } });
      for (const language of ["fr", "ca-ES", "es-MX"]) {
        await eva.call("PATCH", "/me", { preferences: { language } });
        expect((await eva.call("GET", "/me")).body.preferences.language).toBe(language);
      }
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
}
