import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import type { Managed, Query, Resource } from "./resource.ts";

export type ListStatus =
  | { status: "loading" }
  | { status: "failed"; refusal: Refusal }
  | { status: "ready"; hasMore: boolean; isReading: boolean };

/** One list on a screen: what is asked for, what has come so far. */
export interface ResourceList<D extends Managed> {
  state: ReadonlySignal<ListStatus>;
  items: ReadonlySignal<readonly D[]>;
  query: ReadonlySignal<Query>;
  /** True when something is searched or filtered by: an empty answer then means another thing. */
  isNarrowed: ReadonlySignal<boolean>;
  /** Changes what is asked for; fields left out stay. Asked a moment later, so that typing asks once. */
  narrow(part: Query): void;
  /** Adds the next page. Nothing happens while one is under way or there is none. */
  more(): Promise<void>;
  /** Asks again; what is shown stays until the answer is here. */
  reload(): Promise<void>;
  /** Shows one document as it is now, new ones first; without asking. */
  put(document: D): void;
  /** Shows the list without this one, without asking. */
  drop(id: string): void;
}

export interface ListOptions {
  /** Always asked with. */
  fixed?: Query;
  /** Asked with at first; what can be narrowed. */
  first?: Query;
  limit?: number;
}

/** Short enough to feel at once, long enough for the next letter. */
const TYPING_MS = 160;
const LIMIT = 100;
/** As many rows as a screen shows. */
const FULL_ENOUGH = 20;
/** Then whoever waits decides whether to look further: some thousand rows were looked through. */
const PAGES_AT_ONCE = 10;

export function createResourceList<D extends Managed>(
  resource: Pick<Resource<D>, "page">,
  { fixed = {}, first = {}, limit = LIMIT }: ListOptions = {},
): ResourceList<D> {
  const state = signal<ListStatus>({ status: "loading" });
  const items = signal<readonly D[]>([]);
  const query = signal<Query>(first);
  let cursor: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Answers come in any order; only the latest question's counts.
  let asked = 0;

  /** Reads on over pages that found little: where much has to be looked through, a page may be short or empty. */
  async function read(after: string | undefined): Promise<void> {
    const mine = ++asked;
    let [found, from, isMore] = [0, after, after !== undefined];
    let fresh: D[] = [];
    for (let pages = 1; ; pages++) {
      const answer = await resource.page({ ...fixed, ...query.peek(), limit, cursor: from });
      if (mine !== asked) return;
      if (!answer.ok) {
        state.value = { status: "failed", refusal: answer };
        return;
      }
      cursor = answer.body.nextCursor ?? undefined;
      found += answer.body.items.length;
      fresh.push(...answer.body.items);
      const goesOn = cursor !== undefined && found < Math.min(limit, FULL_ENOUGH) && pages < PAGES_AT_ONCE;
      if (!goesOn || found > 0) {
        items.value = isMore ? [...items.peek(), ...fresh] : fresh;
        [isMore, fresh] = [true, []];
        state.value = { status: "ready", hasMore: cursor !== undefined, isReading: goesOn };
      }
      if (!goesOn) return;
      from = cursor;
    }
  }

  async function reload(): Promise<void> {
    clearTimeout(timer);
    if (state.peek().status === "failed") state.value = { status: "loading" };
    await read(undefined);
  }

  return {
    state,
    items,
    query,
    isNarrowed: computed(() => Object.values(query.value).some((value) => value !== undefined && value !== "")),
    narrow(part) {
      query.value = { ...query.peek(), ...part };
      clearTimeout(timer);
      timer = setTimeout(() => void reload(), TYPING_MS);
    },
    async more() {
      const now = state.peek();
      if (now.status !== "ready" || !now.hasMore || now.isReading) return;
      state.value = { ...now, isReading: true };
      await read(cursor);
    },
    reload,
    put(document) {
      const known = items.peek().some(({ id }) => id === document.id);
      items.value = known
        ? items.peek().map((item) => (item.id === document.id ? document : item))
        : [document, ...items.peek()];
    },
    drop(id) {
      items.value = items.peek().filter((item) => item.id !== id);
    },
  };
}

/** A list for as long as a screen stands. What it was narrowed to is kept for the next visit, by `memory`. */
export function useResourceList<D extends Managed>(
  resource: Pick<Resource<D>, "page">,
  memory: string,
  options: ListOptions = {},
): ResourceList<D> {
  const list = useMemo(
    () => createResourceList(resource, { ...options, first: narrowedTo.get(memory) ?? options.first }),
    [memory],
  );
  useEffect(() => {
    void list.reload();
    return () => void narrowedTo.set(memory, list.query.peek());
  }, [list]);
  return list;
}

/** Until the page is closed: whoever comes back from one document finds the list as it was. */
const narrowedTo = new Map<string, Query>();
