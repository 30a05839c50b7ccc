import type { PriceList, TicketType } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import "../styles/prices.css";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { PriceListEditor } from "./PriceListEditor.tsx";
import { priceWords } from "./words.ts";

/** Named price lists: what showtimes cost, by zone, ticket type, day and hour. */
export default function PriceListsSection({ id }: SectionProps) {
  const lists = useResource<PriceList>("/price-lists");
  const types = useResource<TicketType>("/ticket-types");
  if (id === undefined) return <Lists lists={lists} />;
  return <PriceListEditor key={id} lists={lists} types={types} id={id} />;
}

function Lists({ lists }: { lists: Resource<PriceList> }) {
  const words = useWordsOf(priceWords);
  const formats = useLook().formats.value;
  const list = useResourceList(lists, "price-lists", { limit: 200 });
  const day = (date: string) => formats.shortDay(`${date}T12:00:00Z`);
  const columns: Column<PriceList>[] = [
    { key: "name", label: words.columns.name, cell: ({ name }) => name, sort: ({ name }) => name },
    {
      ...{ key: "prices", label: words.columns.prices, isNumber: true },
      cell: ({ rules }) => {
        const amounts = rules.map(({ amount }) => amount);
        const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
        return least === most ? formats.money(least) : `${formats.money(least)} – ${formats.money(most)}`;
      },
      sort: ({ rules }) => Math.min(...rules.map(({ amount }) => amount)),
    },
    {
      ...{ key: "validity", label: words.columns.validity },
      cell: ({ validFrom, validUntil }) =>
        [validFrom && words.from(day(validFrom)), validUntil && words.until(day(validUntil))]
          .filter(Boolean)
          .join(" ") || words.always,
    },
    {
      ...{ key: "surcharges", label: words.columns.surcharges, isExtra: true },
      cell: ({ surcharges }) =>
        surcharges.map(({ attribute, amount }) => `${attribute} +${formats.money(amount)}`).join(", "),
    },
  ];
  return (
    <section class="section fills" data-testid="section-price-lists">
      <SectionHead title={words.priceLists}>
        <AddLink to={{ screen: "price-lists", id: "new" }} label={words.addList} />
      </SectionHead>
      <ResourceTable
        list={list}
        label={words.priceLists}
        columns={columns}
        to={({ id }) => ({ screen: "price-lists", id })}
        textOf={({ name }) => name}
        empty={<p>{words.listsEmpty}</p>}
      />
    </section>
  );
}
