import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useKeys } from "../state/keys.ts";
import type { ResourceList } from "../state/list.ts";
import type { Managed } from "../state/resource.ts";
import type { Screen } from "../state/route.ts";
import { useManagingWords } from "../words/use.ts";
import { ScreenLink } from "./ScreenLink.tsx";

export interface Column<D> {
  key: string;
  label: string;
  cell(document: D): ComponentChildren;
  /** What it is sorted by; without it the column is not sortable. Sorts what has been read so far. */
  sort?(document: D): string | number;
  /** Figures: set to the right, one under the other. */
  isNumber?: boolean;
  /** Narrow screens do without it. */
  isExtra?: boolean;
}

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

interface Sorting {
  key: string;
  descending: boolean;
}

/** A list as a table: search (`/`), sort, arrow keys over the rows, Enter opens, "more" at its foot. */
export function ResourceTable<D extends Managed>(props: ResourceTableProps<D>) {
  const { list, label, columns, textOf, hasSearch = true, filters } = props;
  const words = useManagingWords();
  const search = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [wanted, setWanted] = useState("");
  const state = list.state.value;
  const read = list.items.value;
  const items = useMemo(
    () => sorted(found(read, wanted, textOf), columns, sorting),
    [read, wanted, sorting, columns, textOf],
  );
  useKeys(
    hasSearch ? { "/": () => search.current?.focus() } : {},
    hasSearch ? [{ keys: "/", does: words.keysSearch }] : [],
  );
  useReturn(label, body, state.status === "ready" && items.length > 0);
  const isNarrowed = list.isNarrowed.value || wanted !== "";

  function clear(): void {
    setWanted("");
    list.narrow(Object.fromEntries(Object.keys(list.query.peek()).map((key) => [key, undefined])));
    search.current?.focus();
  }

  return (
    <div class="managed">
      {(hasSearch || filters) && (
        <div class="managed-tools">
          {hasSearch && (
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
                textOf ? setWanted(value) : list.narrow({ q: value === "" ? undefined : value })
              }
              onKeyDown={(event) => {
                if (event.key !== "ArrowDown") return;
                event.preventDefault();
                rowsOf(body.current)[0]?.focus();
              }}
            />
          )}
          {filters}
          <p class="soft managed-count tabular" role="status">
            {state.status === "ready" && (state.hasMore ? words.rowsSoFar(items.length) : words.rows(items.length))}
            {sorting !== null && state.status === "ready" && state.hasMore && ` ${words.sortedHere(items.length)}`}
          </p>
        </div>
      )}
      {state.status === "failed" && (
        <div class="console-message" role="alert">
          <p>{words.listFailed}</p>
          <button type="button" class="button" onClick={() => void list.reload()}>
            {words.retry}
          </button>
        </div>
      )}
      {state.status === "loading" && <div class="console-empty" aria-busy="true" />}
      {state.status === "ready" && items.length === 0 && (
        <div class="console-message" data-testid="empty">
          {isNarrowed ? (
            <>
              <p>{words.nothingFound}</p>
              <button type="button" class="button" onClick={clear}>
                {words.showAll}
              </button>
            </>
          ) : (
            props.empty
          )}
        </div>
      )}
      {state.status === "ready" && items.length > 0 && (
        <section class="table-box" aria-label={label} title={words.tableKeys}>
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
          {state.hasMore && (
            <p class="managed-more">
              <button
                type="button"
                class="button"
                data-testid="more"
                aria-busy={state.isReading}
                onClick={() => void list.more()}
              >
                {state.isReading ? words.reading : words.more}
              </button>
            </p>
          )}
        </section>
      )}
    </div>
  );
}

interface HeadProps<D> {
  column: Column<D>;
  sorting: Sorting | null;
  onSort(sorting: Sorting | null): void;
}

/** Once upwards, once downwards, then as the server gave it. */
function Head<D>({ column, sorting, onSort }: HeadProps<D>) {
  const words = useManagingWords();
  const own = sorting?.key === column.key ? sorting : null;
  const next =
    own === null ? { key: column.key, descending: false } : own.descending ? null : { ...own, descending: true };
  return (
    <th
      scope="col"
      class={lookOf(column)}
      aria-sort={own === null ? undefined : own.descending ? "descending" : "ascending"}
    >
      {column.sort ? (
        <button type="button" class="sort" title={words.sortBy(column.label)} onClick={() => onSort(next)}>
          {column.label}
          <span aria-hidden="true">{own === null ? "" : own.descending ? " ↓" : " ↑"}</span>
        </button>
      ) : (
        column.label
      )}
    </th>
  );
}

type RowProps<D extends Managed> = ResourceTableProps<D> & { document: D; isFirst: boolean };

function Row<D extends Managed>({ document, label, columns, to, onOpen, rowClass, isFirst }: RowProps<D>) {
  const [first, ...rest] = columns;
  const cell = first?.cell(document);
  const tabindex = isFirst ? 0 : -1;
  return (
    <tr
      class={rowClass?.(document)}
      data-testid="row"
      data-id={document.id}
      onClick={(event) => {
        opened.set(label, document.id);
        openRow(event);
      }}
    >
      <th scope="row" class={first && lookOf(first)}>
        {to ? (
          <ScreenLink to={to(document)} class="row-open" tabindex={tabindex}>
            {cell}
          </ScreenLink>
        ) : onOpen ? (
          <button type="button" class="row-open" tabindex={tabindex} onClick={() => onOpen(document)}>
            {cell}
          </button>
        ) : (
          cell
        )}
      </th>
      {rest.map((column) => (
        <td key={column.key} class={lookOf(column)}>
          {column.cell(document)}
        </td>
      ))}
    </tr>
  );
}

/** The row that was opened last, by the name of its table. */
const opened = new Map<string, string>();

/** Whoever comes back to a list finds the focus on the row that they opened, unless it is somewhere already. */
function useReturn(label: string, body: { current: HTMLElement | null }, isReady: boolean): void {
  useEffect(() => {
    const id = opened.get(label);
    const at = document.activeElement;
    if (!isReady || id === undefined || !(at === document.body || at instanceof HTMLHeadingElement)) return;
    opened.delete(label);
    body.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] .row-open`)?.focus();
  }, [isReady]);
}

/** A click anywhere on a row opens it, unless it was meant for something else in it or chose text. */
function openRow(event: MouseEvent & { currentTarget: HTMLElement }): void {
  const { target, currentTarget } = event;
  if (!(target instanceof Element) || target.closest("a, button, input, select, label")) return;
  if (getSelection()?.isCollapsed === false) return;
  currentTarget.querySelector<HTMLElement>(".row-open")?.click();
}

function lookOf<D>({ isNumber, isExtra }: Column<D>): string | undefined {
  return [isNumber ? "number" : "", isExtra ? "extra" : ""].filter(Boolean).join(" ") || undefined;
}

function rowsOf(body: HTMLElement | null): HTMLElement[] {
  return [...(body?.querySelectorAll<HTMLElement>(".row-open, .inline-name") ?? [])];
}

/** Rows that Page Up and Page Down pass over. */
const PAGE_ROWS = 10;

/** One row has the Tab stop; the arrow keys carry it along. */
function moveOverRows(event: KeyboardEvent, body: HTMLElement | null): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = rowsOf(body);
  const at = rows.findIndex((row) => row.contains(event.target as Node));
  const next = at < 0 ? undefined : rows[landing(event.key, at, rows.length - 1) ?? -1];
  const isText = event.target instanceof HTMLInputElement;
  if (next === undefined || (isText && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  if (!isText) for (const row of rows) row.tabIndex = row === next ? 0 : -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function landing(key: string, at: number, last: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, last);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "PageDown":
      return Math.min(at + PAGE_ROWS, last);
    case "PageUp":
      return Math.max(at - PAGE_ROWS, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** Ignores case and accents: "dia" finds "Día". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function found<D>(items: readonly D[], wanted: string, textOf?: (document: D) => string): readonly D[] {
  const text = folded(wanted.trim());
  return textOf === undefined || text === "" ? items : items.filter((item) => folded(textOf(item)).includes(text));
}

function sorted<D>(items: readonly D[], columns: readonly Column<D>[], sorting: Sorting | null): readonly D[] {
  const by = columns.find(({ key }) => key === sorting?.key)?.sort;
  if (by === undefined || sorting === null) return items;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (one: string | number, other: string | number) =>
    typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other));
  const upwards = items.toSorted((one, other) => compare(by(one), by(other)));
  return sorting.descending ? upwards.toReversed() : upwards;
}
