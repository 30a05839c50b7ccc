import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Managed } from "../state/resource.ts";
import type { Screen } from "../state/route.ts";
import type { Sorting } from "../state/table.ts";
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

interface HeadProps<D> {
  column: Column<D>;
  sorting: Sorting | null;
  onSort(sorting: Sorting | null): void;
}

/** Once upwards, once downwards, then as the server gave it. */
export function Head<D>({ column, sorting, onSort }: HeadProps<D>) {
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

export interface RowProps<D extends Managed> {
  document: D;
  /** Of the table. */
  label: string;
  columns: readonly Column<D>[];
  to?(document: D): Screen;
  onOpen?(document: D): void;
  rowClass?(document: D): string | undefined;
  /** It has the table's Tab stop at first. */
  isFirst: boolean;
}

/** One document; the first column opens it. */
export function Row<D extends Managed>({ document, label, columns, to, onOpen, rowClass, isFirst }: RowProps<D>) {
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
export function useReturn(label: string, body: RefObject<HTMLElement | null>, isReady: boolean): void {
  useLayoutEffect(() => {
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

/** What opens the rows, or names them where they are edited in place. */
export function rowsOf(body: HTMLElement | null): HTMLElement[] {
  return [...(body?.querySelectorAll<HTMLElement>(".row-open, .inline-name") ?? [])];
}

/** Rows that Page Up and Page Down pass over. */
const PAGE_ROWS = 10;

/** One row has the Tab stop; the arrow keys carry it along. */
export function moveOverRows(event: KeyboardEvent, body: HTMLElement | null): void {
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
