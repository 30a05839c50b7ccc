import type { ComponentChildren, RefObject } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { useKeys } from "../state/keys.ts";
import type { ResourceList } from "../state/list.ts";
import type { Managed } from "../state/resource.ts";
import type { Screen } from "../state/route.ts";
import { found, type Sorting, sorted } from "../state/table.ts";
import { useManagingWords } from "../words/use.ts";
import { type Column, Head, moveOverRows, Row, rowsOf, useReturn } from "./TableRows.tsx";

export type { Column };

export interface ResourceTableProps<D extends Managed> {
  list: ResourceList<D>;
  /** What the rows are: the table's name. */
  label: string;
  /** The first one names the row and opens it. */
  columns: readonly Column<D>[];
  /** Where a row leads; or what opening it does. */
  to?(document: D): Screen;
  onOpen?(document: D): void;
  /** Searches among what has been read; left out: the server searches by `q`. */
  textOf?(document: D): string;
  hasSearch?: boolean;
  /** Further controls beside the search. */
  filters?: ComponentChildren;
  /** What to say and offer when there is nothing at all. */
  empty: ComponentChildren;
  rowClass?(document: D): string | undefined;
}

/** A list as a table: search (`/`), sort, arrow keys over the rows, Enter opens, "more" at its foot. */
export function ResourceTable<D extends Managed>(props: ResourceTableProps<D>) {
  const { list, label, columns, textOf, hasSearch = true, filters } = props;
  const words = useManagingWords();
  const body = useRef<HTMLTableSectionElement>(null);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [wanted, setWanted] = useState("");
  const state = list.state.value;
  const read = list.items.value;
  const items = useMemo(
    () => sorted(found(read, wanted, textOf), columns, sorting),
    [read, wanted, sorting, columns, textOf],
  );
  const isReady = state.status === "ready";
  const hasMore = isReady && state.hasMore;
  useReturn(label, body, isReady && items.length > 0);
  return (
    <div class="managed">
      {(hasSearch || filters) && (
        <div class="managed-tools">
          {hasSearch && <Search {...props} wanted={wanted} onWanted={setWanted} body={body} />}
          {filters}
          <p class="soft managed-count tabular" role="status">
            {isReady && (hasMore ? words.rowsSoFar(items.length) : words.rows(items.length))}
            {sorting !== null && hasMore && ` ${words.sortedHere(items.length)}`}
          </p>
        </div>
      )}
      {state.status === "failed" && <Failed onRetry={() => void list.reload()} />}
      {state.status === "loading" && <div class="console-empty" aria-busy="true" />}
      {isReady && items.length === 0 && <Nothing {...props} wanted={wanted} onClear={() => setWanted("")} />}
      {isReady && items.length > 0 && (
        <section class="table-box" aria-label={label}>
          <table class="table managed-table" data-testid="table">
            <thead>
              <tr>
                {columns.map((column) => (
                  <Head key={column.key} column={column} sorting={sorting} onSort={setSorting} />
                ))}
              </tr>
            </thead>
            <tbody ref={body} onKeyDown={(event) => moveOverRows(event, body.current)}>
              {items.map((document, index) => (
                <Row key={document.id} {...props} document={document} isFirst={index === 0} />
              ))}
            </tbody>
          </table>
          {hasMore && <More list={list} isReading={state.isReading} />}
        </section>
      )}
    </div>
  );
}

type SearchProps<D extends Managed> = ResourceTableProps<D> & {
  wanted: string;
  onWanted(text: string): void;
  body: RefObject<HTMLElement | null>;
};

/** Searches here or at the server; the arrow down leads into the rows. */
function Search<D extends Managed>({ list, label, textOf, wanted, onWanted, body }: SearchProps<D>) {
  const words = useManagingWords();
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() }, [
    { keys: "/", does: words.keysSearch },
    { keys: "↑ ↓", does: words.keysRows },
    { keys: "↵", does: words.keysOpen },
  ]);
  return (
    <input
      ref={search}
      type="search"
      class="managed-search"
      data-testid="search"
      aria-label={`${words.search}: ${label}`}
      placeholder={words.search}
      title={words.searchKeys}
      value={textOf ? wanted : String(list.query.value.q ?? "")}
      onInput={({ currentTarget: { value } }) =>
        textOf ? onWanted(value) : list.narrow({ q: value === "" ? undefined : value })
      }
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        rowsOf(body.current)[0]?.focus();
      }}
    />
  );
}

function Failed({ onRetry }: { onRetry(): void }) {
  const words = useManagingWords();
  return (
    <div class="console-message" role="alert">
      <p>{words.listFailed}</p>
      <button type="button" class="button" onClick={onRetry}>
        {words.retry}
      </button>
    </div>
  );
}

type NothingProps<D extends Managed> = ResourceTableProps<D> & { wanted: string; onClear(): void };

/** Nothing found, with the way back; or nothing there yet, with the way on. */
function Nothing<D extends Managed>({ list, empty, wanted, onClear }: NothingProps<D>) {
  const words = useManagingWords();
  function clear(): void {
    onClear();
    list.narrow(Object.fromEntries(Object.keys(list.query.peek()).map((key) => [key, undefined])));
  }
  return (
    <div class="console-message" data-testid="empty">
      {list.isNarrowed.value || wanted !== "" ? (
        <>
          <p>{words.nothingFound}</p>
          <button type="button" class="button" onClick={clear}>
            {words.showAll}
          </button>
        </>
      ) : (
        empty
      )}
    </div>
  );
}

function More<D extends Managed>({ list, isReading }: { list: ResourceList<D>; isReading: boolean }) {
  const words = useManagingWords();
  return (
    <p class="managed-more">
      <button type="button" class="button" data-testid="more" aria-busy={isReading} onClick={() => void list.more()}>
        {isReading ? words.reading : words.more}
      </button>
    </p>
  );
}
