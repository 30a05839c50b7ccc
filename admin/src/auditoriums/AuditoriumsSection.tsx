import type { Auditorium, SeatKind } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import "../styles/auditoriums.css";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { AuditoriumEditor } from "./AuditoriumEditor.tsx";
import { countKinds } from "./chart.ts";
import { auditoriumWords } from "./words.ts";

/** The rooms of the house and their charts. */
export default function AuditoriumsSection({ id }: SectionProps) {
  const auditoriums = useResource<Auditorium>("/auditoriums");
  if (id === undefined) return <AuditoriumList auditoriums={auditoriums} />;
  return <AuditoriumEditor key={id} auditoriums={auditoriums} id={id} />;
}

const KINDS: readonly SeatKind[] = ["standard", "vip", "wheelchair", "companion"];
/** Each comes with all its seats: a page of many would weigh megabytes. */
const LIMIT = 30;

function AuditoriumList({ auditoriums }: { auditoriums: Resource<Auditorium> }) {
  const words = useWordsOf(auditoriumWords);
  const formats = useLook().formats.value;
  const list = useResourceList(auditoriums, "auditoriums", { limit: LIMIT });
  const rowsOf = ({ seats }: Auditorium) => new Set(seats.map(({ row }) => row)).size;
  const columns: Column<Auditorium>[] = [
    { key: "name", label: words.columns.name, cell: ({ name }) => name, sort: ({ name }) => name },
    {
      ...{ key: "capacity", label: words.columns.capacity, isNumber: true },
      cell: ({ capacity }) => <b>{formats.number(capacity)}</b>,
      sort: ({ capacity }) => capacity,
    },
    ...KINDS.map(
      (kind): Column<Auditorium> => ({
        ...{ key: kind, label: words.columns[kind], isNumber: true, isExtra: true },
        cell: ({ seats }) => countKinds(seats)[kind] || "",
        sort: ({ seats }) => countKinds(seats)[kind],
      }),
    ),
    { key: "rows", label: words.columns.rows, isNumber: true, cell: rowsOf, sort: rowsOf },
  ];
  return (
    <section class="section fills" data-testid="section-auditoriums">
      <SectionHead title={words.title}>
        <AddLink to={{ screen: "auditoriums", id: "new" }} label={words.add} />
      </SectionHead>
      <ResourceTable
        list={list}
        label={words.title}
        columns={columns}
        to={({ id }) => ({ screen: "auditoriums", id })}
        textOf={({ name }) => name}
        empty={<p>{words.empty}</p>}
      />
    </section>
  );
}
