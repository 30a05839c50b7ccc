/** One change by each route that is written down, and what has to be there before. */
import type { ApiAnswer } from "./api.ts";

/** Sends what must succeed, as the administrator unless by somebody else's token, null: nobody's. Answers the body. */
export type Send = (method: string, path: string, body?: object, as?: string | null) => Promise<ApiAnswer["body"]>;
type Kind = keyof ReturnType<typeof createMaking>["MAKE"];

let names = 0;
/** A name that nothing else has. */
const name = () => `Name ${names++}`;

export function createMaking(send: Send) {
  const make = async (path: string, body: object): Promise<string> => (await send("POST", path, body)).id;

  /** How to make one of each, to be changed and deleted. */
  const MAKE = {
    genres: () => make("/genres", { name: name() }),
    films: () => make("/films", { title: name(), durationMinutes: 90, status: "showing" }),
    auditoriums: () => make("/auditoriums", { name: name(), chart: "A ss" }),
    "ticket-types": () => make("/ticket-types", { name: name() }),
    showtimes: async () => {
      const [filmId, auditoriumId] = [await MAKE.films(), await MAKE.auditoriums()];
      return make("/showtimes", { filmId, auditoriumId, startsAt: "2031-05-05T18:00:00Z", prices: [] });
    },
    users: () =>
      make("/users", { name: "U", email: `u${names++}@cinema.test`, password: "a long enough one", roleIds: [] }),
    roles: () => make("/roles", { name: name(), permissions: [] }),
    devices: () => make("/devices", { name: name(), kind: "scanner" }),
    "price-lists": async () => {
      const rules = [{ zone: "standard", ticketTypeId: await MAKE["ticket-types"](), amount: 900 }];
      return make("/price-lists", { name: name(), rules });
    },
  };
  return { name, make, MAKE };
}

/** One change by each route: the action that is written down, and the id of what it was done to. */
export function changesBy(send: Send): Record<string, [action: string, change: () => Promise<string>]> {
  const { MAKE } = createMaking(send);
  /** Somebody with an account who does something with it. */
  const asCustomer = async (act: (token: string, password: string) => Promise<unknown>) => {
    const account = { name: "C", email: `c${names++}@cinema.test`, password: "violets are not blue" };
    const { user, token: theirs } = await send("POST", "/auth/register", account, null);
    await act(theirs, account.password);
    return user.id as string;
  };
  const patched = async (kind: Kind, body: object) => {
    const id = await MAKE[kind]();
    await send("PATCH", `/${kind}/${id}`, body);
    return id;
  };
  const deleted = async (kind: Kind) => {
    const id = await MAKE[kind]();
    await send("DELETE", `/${kind}/${id}`);
    return id;
  };
  /** A showtime on sale, with its first seat blocked. */
  const blocked = async () => {
    const [id, ticketTypeId] = [await MAKE.showtimes(), await MAKE["ticket-types"]()];
    const prices = [{ zone: "standard", ticketTypeId, amount: 900 }];
    await send("PATCH", `/showtimes/${id}`, { prices, status: "on-sale" });
    await send("PUT", `/showtimes/${id}/blocks`, { seats: ["A1"], reason: "broken" });
    return id;
  };
  const withGenre = async () => {
    const [film, genre] = [await MAKE.films(), await MAKE.genres()];
    await send("PUT", `/films/${film}/genres/${genre}`);
    return { film, genre };
  };
  return {
    "POST /genres": ["genre.create", MAKE.genres],
    "PATCH /genres/:id": ["genre.update", () => patched("genres", { name: name() })],
    "DELETE /genres/:id": ["genre.delete", () => deleted("genres")],
    "POST /films": ["film.create", MAKE.films],
    "PATCH /films/:id": ["film.update", () => patched("films", { title: name() })],
    "DELETE /films/:id": ["film.delete", () => deleted("films")],
    "PUT /films/:id/genres/:genreId": ["film.genre.add", async () => (await withGenre()).film],
    "DELETE /films/:id/genres/:genreId": [
      "film.genre.remove",
      async () => {
        const { film, genre } = await withGenre();
        await send("DELETE", `/films/${film}/genres/${genre}`);
        return film;
      },
    ],
    "POST /films/import": [
      "film.import",
      async () => {
        await send("POST", "/films/import", [{ title: name(), durationMinutes: 90 }]);
        return "films";
      },
    ],
    "POST /auditoriums": ["auditorium.create", MAKE.auditoriums],
    "PATCH /auditoriums/:id": ["auditorium.update", () => patched("auditoriums", { name: name() })],
    "DELETE /auditoriums/:id": ["auditorium.delete", () => deleted("auditoriums")],
    "POST /ticket-types": ["ticket-type.create", MAKE["ticket-types"]],
    "PATCH /ticket-types/:id": ["ticket-type.update", () => patched("ticket-types", { name: name() })],
    "DELETE /ticket-types/:id": ["ticket-type.delete", () => deleted("ticket-types")],
    "POST /showtimes": ["showtime.create", MAKE.showtimes],
    "PATCH /showtimes/:id": ["showtime.update", () => patched("showtimes", { attributes: ["3D"] })],
    "DELETE /showtimes/:id": ["showtime.delete", () => deleted("showtimes")],
    "PATCH /settings": [
      "settings.update",
      async () => {
        await send("PATCH", "/settings", { cinemaName: name() });
        return "house";
      },
    ],
    "PUT /showtimes/:id/blocks": ["showtime.block", blocked],
    "DELETE /showtimes/:id/blocks": [
      "showtime.unblock",
      async () => {
        const id = await blocked();
        await send("DELETE", `/showtimes/${id}/blocks?seats=A1`);
        return id;
      },
    ],
    "POST /price-lists": ["price-list.create", MAKE["price-lists"]],
    "PATCH /price-lists/:id": ["price-list.update", () => patched("price-lists", { name: name() })],
    "DELETE /price-lists/:id": ["price-list.delete", () => deleted("price-lists")],
    "POST /showtimes/copy": [
      "showtime.copy",
      async () => {
        await MAKE.showtimes();
        await send("POST", "/showtimes/copy", { from: "2031-05-05", to: "2031-06-09", days: 1 });
        return "2031-06-09";
      },
    ],
    "POST /users/:id/password-link": [
      "user.password-link",
      async () => {
        const id = await MAKE.users();
        await send("POST", `/users/${id}/password-link`);
        return id;
      },
    ],
    "PATCH /me": ["account.update", () => asCustomer((theirs) => send("PATCH", "/me", { name: "Eva" }, theirs))],
    "PUT /me/password": [
      "account.password",
      () =>
        asCustomer((theirs, currentPassword) =>
          send("PUT", "/me/password", { currentPassword, newPassword: "roses are not red" }, theirs),
        ),
    ],
    "DELETE /me": ["account.delete", () => asCustomer((theirs) => send("DELETE", "/me", undefined, theirs))],
    "POST /users": ["user.create", MAKE.users],
    "PATCH /users/:id": ["user.update", () => patched("users", { name: name() })],
    "DELETE /users/:id": ["user.delete", () => deleted("users")],
    "POST /roles": ["role.create", MAKE.roles],
    "PATCH /roles/:id": ["role.update", () => patched("roles", { name: name() })],
    "DELETE /roles/:id": ["role.delete", () => deleted("roles")],
    "POST /devices": ["device.create", MAKE.devices],
    "PATCH /devices/:id": ["device.update", () => patched("devices", { name: name() })],
    "POST /devices/:id/enrolment-code": [
      "device.code",
      async () => {
        const id = await MAKE.devices();
        await send("POST", `/devices/${id}/enrolment-code`);
        return id;
      },
    ],
    "DELETE /devices/:id": ["device.revoke", () => deleted("devices")],
  };
}
