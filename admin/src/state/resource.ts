import type { Page } from "../../../server/protocol/resources.ts";
import type { Answer, Api, CallOptions } from "../../../ui/connection/api.ts";
import type { Outcome } from "../../../ui/connection/outcome.ts";

/** What every managed document has. */
export interface Managed {
  id: string;
  version: number;
}

export type Query = NonNullable<CallOptions["query"]>;

/** A collection of the API: its documents by id, changes tied to the version that they were made to. */
export interface Resource<D extends Managed> {
  path: string;
  page(query?: Query, options?: CallOptions): Promise<Answer<Page<D>>>;
  /** All of it, page by page; for what a house has dozens of. Stops at `most`. */
  all(query?: Query, most?: number): Promise<Outcome<{ items: D[] }>>;
  get(id: string): Promise<Answer<D>>;
  create(body: object): Promise<Answer<D>>;
  /** Only what `body` names changes. `version_conflict`: somebody was faster. */
  change(id: string, body: object, version?: number): Promise<Answer<D>>;
  remove(id: string, version?: number): Promise<Answer<undefined>>;
}

/** The most that a list gives at once. */
export const PAGE_MAX = 200;
const ALL_MAX = 2_000;

export function createResource<D extends Managed>(
  api: Pick<Api, "get" | "post" | "patch" | "remove">,
  path: string,
): Resource<D> {
  const page: Resource<D>["page"] = (query, options) => api.get<Page<D>>(path, query, options);
  return {
    path,
    page,
    async all(query, most = ALL_MAX) {
      const items: D[] = [];
      let cursor: string | undefined;
      do {
        const answer: Answer<Page<D>> = await page({ ...query, limit: PAGE_MAX, cursor });
        if (!answer.ok) return answer;
        items.push(...answer.body.items);
        cursor = answer.body.nextCursor ?? undefined;
      } while (cursor !== undefined && items.length < most);
      return { ok: true, items };
    },
    get: (id) => api.get<D>(`${path}/${encodeURIComponent(id)}`),
    create: (body) => api.post<D>(path, body),
    change: (id, body, version) => api.patch<D>(`${path}/${encodeURIComponent(id)}`, body, version),
    remove: (id, version) => api.remove(`${path}/${encodeURIComponent(id)}`, version),
  };
}
