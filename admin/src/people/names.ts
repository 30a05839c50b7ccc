import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Permission } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import { useDesk } from "../desk.ts";

/** Names of people, devices and all that is managed by their ids, as far as whoever asks may read them. */
export interface Names {
  of: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Reads those that are not known yet; each is asked for once. */
  learn(ids: Iterable<string>): Promise<void>;
}

/** Where each kind is read, what that takes, and what of it is its name. */
interface Kind {
  path: string;
  needs?: Permission;
  nameOf?(document: Named): string;
}
interface Named {
  name: string;
  title: string;
  number: string;
  film: { title: string };
}
const KINDS: Readonly<Record<string, Kind>> = {
  usr: { path: "/users", needs: "users:write" },
  rol: { path: "/roles", needs: "roles:write" },
  dev: { path: "/devices", needs: "devices:write" },
  ord: { path: "/orders", needs: "orders:read", nameOf: ({ number }) => number },
  // Drafts, too: everybody else may read those that are shown.
  flm: { path: "/films", needs: "catalogue:write", nameOf: ({ title }) => title },
  sht: { path: "/showtimes", needs: "showtimes:write", nameOf: ({ film }) => film.title },
  prl: { path: "/price-lists", needs: "showtimes:write" },
  aud: { path: "/auditoriums" },
  gen: { path: "/genres" },
  tty: { path: "/ticket-types" },
};
/** More strangers than a page of rows ever has at once. */
const AT_ONCE_MAX = 200;

export function createNames(api: Pick<Api, "get">, may: (permission: Permission) => boolean): Names {
  const names = signal<ReadonlyMap<string, string>>(new Map());
  const asked = new Set<string>();

  async function read(id: string): Promise<[string, string][]> {
    const kind = KINDS[id.slice(0, 3)];
    if (kind === undefined || (kind.needs && !may(kind.needs))) return [];
    const answer = await api.get<Named>(`${kind.path}/${id}`);
    return answer.ok ? [[id, kind.nameOf?.(answer.body) ?? answer.body.name]] : [];
  }

  return {
    of: names,
    async learn(ids) {
      const fresh = [...new Set(ids)].filter((id) => !asked.has(id)).slice(0, AT_ONCE_MAX);
      for (const id of fresh) asked.add(id);
      const found = (await Promise.all(fresh.map(read))).flat();
      if (found.length > 0) names.value = new Map([...names.peek(), ...found]);
    },
  };
}

/** Names for as long as a screen stands; learns those of `ids` as they come. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const { api, session } = useDesk();
  const names = useMemo(() => createNames(api, session.may), [api, session]);
  const wanted = ids.join();
  useEffect(() => void names.learn(wanted === "" ? [] : wanted.split(",")), [names, wanted]);
  return names.of.value;
}
