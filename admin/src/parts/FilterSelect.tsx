import type { ResourceList } from "../state/list.ts";
import type { Managed } from "../state/resource.ts";
import type { Option } from "./fields.tsx";

interface FilterSelectProps<D extends Managed> {
  list: ResourceList<D>;
  /** What of the query it sets. */
  by: string;
  label: string;
  /** The choice that leaves nothing out. */
  any: string;
  options: readonly Option[];
  class?: string;
}

/** Narrows a list to one of a few. */
export function FilterSelect<D extends Managed>({ list, by, label, any, options, class: look }: FilterSelectProps<D>) {
  return (
    <select
      class={look}
      aria-label={label}
      data-testid={`filter-${by}`}
      value={String(list.query.value[by] ?? "")}
      onChange={({ currentTarget: { value } }) => list.narrow({ [by]: value || undefined })}
    >
      <option value="">{any}</option>
      {options.map(({ value, label: text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
