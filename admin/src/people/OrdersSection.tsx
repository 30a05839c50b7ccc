import type { Order } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import "../styles/people.css";
import { FilterSelect } from "../parts/FilterSelect.tsx";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import { useWordsOf } from "../words/use.ts";
import { OrderEditor } from "./OrderEditor.tsx";
import { ORDER_STATUSES, statusLook } from "./orders.ts";
import { orderWords } from "./orderWords.ts";
import { ShowtimeFilter } from "./ShowtimeFilter.tsx";

/** Purchases: found by number, e-mail, seat, name, day and showtime. Nothing takes them out of the books. */
export default function OrdersSection({ id }: SectionProps) {
  return id === undefined ? <OrderList /> : <OrderEditor key={id} id={id} />;
}

function OrderList() {
  const words = useWordsOf(orderWords);
  const list = useResourceList(useResource<Order>("/orders"), "orders");
  const filters = (
    <>
      <ShowtimeFilter list={list} />
      <FilterSelect
        {...{ list, by: "status", label: words.status, any: words.anyStatus }}
        options={ORDER_STATUSES.map((one) => ({ value: one, label: words.statuses[one] }))}
      />
    </>
  );
  return (
    <section class="section fills" data-testid="section-orders">
      <SectionHead title={words.title} text={words.searchHelp} />
      <ResourceTable
        list={list}
        label={words.title}
        columns={useColumns()}
        to={({ id }) => ({ screen: "orders", id })}
        filters={filters}
        rowClass={(order) => (statusLook(order.status) === "quiet" ? "muted" : undefined)}
        empty={<p>{words.empty}</p>}
      />
    </section>
  );
}

export function StatusBadge({ status }: { status: Order["status"] }) {
  const words = useWordsOf(orderWords);
  return <span class={`badge ${statusLook(status)}`}>{words.statuses[status]}</span>;
}

function useColumns(): Column<Order>[] {
  const { columns, channels } = useWordsOf(orderWords);
  const formats = useLook().formats.value;
  const seatsOf = (order: Order) => order.lines.map(({ seatId }) => seatId).join(" ");
  const moment = (iso: string) => (
    <span class="nowrap">
      {formats.shortDay(iso)} · <b>{formats.time(iso)}</b>
    </span>
  );
  return [
    { key: "number", label: columns.number, cell: ({ number }) => <span class="nowrap">{number}</span> },
    { key: "film", label: columns.film, cell: ({ film }) => film.title, sort: ({ film }) => film.title },
    {
      ...{ key: "when", label: columns.when, sort: ({ startsAt }: Order) => startsAt },
      cell: ({ startsAt }) => moment(startsAt),
    },
    { key: "seats", label: columns.seats, cell: seatsOf },
    {
      ...{ key: "total", label: columns.total, isNumber: true, sort: ({ total }: Order) => total },
      cell: ({ total }) => formats.money(total),
    },
    {
      ...{ key: "status", label: columns.status, sort: ({ status }: Order) => status },
      cell: ({ status }) => <StatusBadge status={status} />,
    },
    {
      ...{ key: "channel", label: columns.channel, isExtra: true, sort: ({ channel }: Order) => channel },
      cell: ({ channel }) => channels[channel],
    },
    {
      ...{ key: "contact", label: columns.contact, isExtra: true },
      cell: ({ contact }) => contact?.email ?? contact?.name,
    },
    {
      ...{ key: "bought", label: columns.bought, isExtra: true, sort: ({ createdAt }: Order) => createdAt },
      cell: ({ createdAt }) => moment(createdAt),
    },
  ];
}
