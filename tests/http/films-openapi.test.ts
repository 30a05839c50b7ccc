import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let call: ReturnType<typeof api>;
let token: string;
beforeAll(async () => {
  server = await startServer();
  call = api(server.url);
  token = (await call("POST", "/auth/login", ADMIN)).body.token;
});
afterAll(() => server.close());

const MANAGED = ["genres", "films", "auditoriums", "ticket-types", "showtimes"];

describe("the catalogue in a whole server", () => {
  it("[U56] OpenAPI describes every change, its answers and its refusals", async () => {
    const { body: document } = await call("GET", "/openapi.json");
    for (const resource of MANAGED) {
      const { patch, delete: remove } = document.paths[`/api/v1/${resource}/{id}`];
      for (const status of ["200", "400", "401", "403", "404", "409", "412", "413", "415", "429", "500", "503"])
        expect(Object.keys(patch.responses), `${resource} ${status}`).toContain(status);
      expect(patch.responses["200"].content["application/json"].schema.properties.version).toBeDefined();
      const problem = patch.responses["409"].content["application/problem+json"].schema;
      expect(problem.properties.code.enum).toContain("in_use");
      expect(patch.description).toContain("null");
      expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual(
        expect.arrayContaining(["id", "if-match"]),
      );
      expect(Object.keys(remove.responses)).toContain("204");
      expect(remove.responses["204"].content).toBeUndefined();
    }
    const importing = document.paths["/api/v1/films/import"].post;
    expect(Object.keys(importing.requestBody.content).sort()).toEqual(["application/json", "text/csv"]);
    const exported = document.paths["/api/v1/films/export"].get.responses["200"].content;
    expect(Object.keys(exported)).toEqual(["text/csv", "application/json"]);
    expect(document.paths["/api/v1/showtimes/{id}"].patch.description).toContain("orders stay as they are");
  });

  it("[U36] real changes stand in the audit with the administrator, and the chains hold", async () => {
    const { body: me } = await call("GET", "/me", undefined, { token });
    const { body: genre } = await call("POST", "/genres", { name: "Audited" }, { token });
    await call("PATCH", `/genres/${genre.id}`, { name: "Audited twice" }, { token });
    await call("PATCH", "/settings", { cinemaName: "Audited" }, { token });
    const { body: rows } = await call("GET", "/audit?limit=10", undefined, { token });
    const mine = rows.items.filter(({ actor }: { actor: { id: string } }) => actor.id === me.id);
    const actions = mine.map(({ action }: { action: string }) => action);
    for (const action of ["genre.create", "genre.update", "settings.update"]) expect(actions).toContain(action);
    expect((await call("GET", "/audit/verify", undefined, { token })).body.ok).toBe(true);
    const denied = await call("DELETE", `/genres/${genre.id}`);
    expect(denied.status).toBe(401);
    await eventually(async () => {
      const { body } = await call("GET", "/audit?limit=10", undefined, { token });
      return body.items.some(({ action }: { action: string }) => action === "DELETE /api/v1/genres/:id");
    });
  });
});
