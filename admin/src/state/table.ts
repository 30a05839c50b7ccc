/** Which column a table is sorted by, and in which direction. */
export interface Sorting {
  key: string;
  descending: boolean;
}

export interface Sortable<D> {
  key: string;
  sort?(document: D): string | number;
}

/** Ignores case and accents: "dia" finds "Día". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those whose text holds what is wanted. */
export function found<D>(items: readonly D[], wanted: string, textOf?: (document: D) => string): readonly D[] {
  const text = folded(wanted.trim());
  return textOf === undefined || text === "" ? items : items.filter((item) => folded(textOf(item)).includes(text));
}

/** By one column, numbers by size and text as people sort it; as they came when nothing is sorted by. */
export function sorted<D>(items: readonly D[], columns: readonly Sortable<D>[], sorting: Sorting | null): readonly D[] {
  const by = columns.find(({ key }) => key === sorting?.key)?.sort;
  if (by === undefined || sorting === null) return items;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (one: string | number, other: string | number) =>
    typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other));
  const upwards = items.toSorted((one, other) => compare(by(one), by(other)));
  return sorting.descending ? upwards.toReversed() : upwards;
}
