import { describe, expect, it } from "vitest";
import { filmSpec, filmValues } from "../../admin/src/films/filmForm.ts";
import { changedPart, createForm, fieldOfPath } from "../../admin/src/state/form.ts";
import type { Resource } from "../../admin/src/state/resource.ts";
import type { Film } from "../../server/protocol/resources.ts";
import type { Refusal } from "../../ui/connection/outcome.ts";

const FILM: Film = {
  ...{ id: "flm_1", version: 1, createdAt: "", updatedAt: "" },
  ...{ title: "El sur", durationMinutes: 95, genreIds: ["gen_1"], status: "showing", director: "Víctor Erice" },
};

/** A server that keeps one film; `refuseNext` answers the next change with a refusal. */
function library() {
  let film = FILM;
  let refusal: Refusal | null = null;
  const sent: { body: object; version?: number }[] = [];
  const change = (body: object) => {
    const next = { ...film, ...body, version: film.version + 1 } as Film;
    film = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null)) as unknown as Film;
    return { ok: true as const, body: film, status: 200 };
  };
  const resource = {
    get: async () => ({ ok: true as const, body: film, status: 200 }),
    create: async (body: object) => change(body),
    async change(_id: string, body: object, version?: number) {
      sent.push({ body, version });
      const refused = refusal;
      refusal = null;
      if (refused) return refused;
      if (version !== film.version) return { ok: false as const, code: "version_conflict" as const, message: "" };
      return change(body);
    },
  };
  return {
    resource: resource as unknown as Resource<Film>,
    sent,
    film: () => film,
    /** Somebody else changes it. */
    meanwhile: (body: object) => void change(body),
    refuseNext: (refused: Refusal) => {
      refusal = refused;
    },
  };
}

function opened() {
  const shelf = library();
  return { shelf, form: createForm(filmSpec(shelf.resource), FILM) };
}

describe("forms", () => {
  it("[K73] a save sends the fields that were changed and no other, tied to the version they were read at", async () => {
    const { shelf, form } = opened();
    expect(form.isChanged.value).toBe(false);
    form.set({ title: "El sur (1983)", director: "" });
    expect(form.isChanged.value).toBe(true);
    expect((await form.save())?.version).toBe(2);
    expect(shelf.sent).toEqual([{ body: { title: "El sur (1983)", director: null }, version: 1 }]);
    expect(form.isChanged.value).toBe(false);
  });

  it("[K73] what is wrong stands at its field, whoever finds it, and goes when the field changes", async () => {
    const { shelf, form } = opened();
    form.set({ title: " ", durationMinutes: "1001" });
    expect(await form.save()).toBeNull();
    expect(form.faults.value).toEqual({ title: "required", durationMinutes: "minutes" });
    expect(shelf.sent).toEqual([]);
    form.set({ title: "El sur", durationMinutes: "95", genreIds: ["gen_1", "gen_gone"] });
    expect(form.faults.value).toEqual({});
    shelf.refuseNext({
      ...{ ok: false, code: "invalid_request", message: "no" },
      errors: [{ path: "genreIds.1", message: "does not exist" }],
    });
    expect(await form.save()).toBeNull();
    expect([form.faults.value, form.status.value.status]).toEqual([{ genreIds: "does not exist" }, "editing"]);
    expect(form.values.value.genreIds).toEqual(["gen_1", "gen_gone"]);
    expect(fieldOfPath("prices.3.amount")).toBe("prices");
  });

  it("[K74] who is slower sees both versions; saving over it changes only their own fields", async () => {
    const { shelf, form } = opened();
    form.set({ title: "Sur" });
    shelf.meanwhile({ title: "The South", durationMinutes: 96 });
    expect(await form.save()).toBeNull();
    const { status } = form;
    if (status.value.status !== "conflict") throw new Error(status.value.status);
    expect(form.differing(filmValues(status.value.theirs), form.values.value)).toEqual(["title", "durationMinutes"]);
    expect(await form.saveOver()).toMatchObject({ title: "Sur", durationMinutes: 96, version: 3 });
    expect(shelf.film()).toMatchObject({ title: "Sur", durationMinutes: 96, director: "Víctor Erice" });
  });

  it("[K74] or takes theirs, and goes on from there; a second overtaking is told again", async () => {
    const { shelf, form } = opened();
    form.set({ title: "Sur" });
    shelf.meanwhile({ title: "The South" });
    await form.save();
    shelf.meanwhile({ title: "Le Sud" });
    expect(await form.saveOver()).toBeNull();
    expect(form.status.value).toMatchObject({ status: "conflict", theirs: { title: "Le Sud" } });
    form.takeTheirs();
    expect([form.values.value.title, form.isChanged.value, form.status.value.status]).toEqual([
      "Le Sud",
      false,
      "editing",
    ]);
    form.set({ title: "El Sur" });
    expect(await form.save()).toMatchObject({ title: "El Sur", version: 4 });
  });

  it("[K75] a save can be taken back while nobody has changed it since", async () => {
    const { shelf, form } = opened();
    form.set({ title: "Sur", certificate: "7" });
    await form.save();
    await form.undo.value?.();
    expect(shelf.film()).toMatchObject({ title: "El sur", version: 3 });
    expect(shelf.film()).not.toHaveProperty("certificate");
    form.restart(shelf.film());
    form.set({ title: "Sur" });
    await form.save();
    shelf.meanwhile({ title: "The South" });
    expect(await form.undo.value?.()).toMatchObject({ ok: false, code: "version_conflict" });
    expect(shelf.film().title).toBe("The South");
  });

  it("a partial change names what came, what went and what differs", () => {
    const before = { a: 1, b: [1, 2], c: "x", d: undefined };
    expect(changedPart(before, { a: 1, b: [2, 1], c: undefined, d: undefined, e: "new" })).toEqual({
      ...{ b: [2, 1], c: null, e: "new" },
    });
  });
});
