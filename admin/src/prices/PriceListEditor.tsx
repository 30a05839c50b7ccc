import { useEffect, useMemo, useState } from "preact/hooks";
import type { PriceList, TicketType } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { useDesk } from "../desk.ts";
import { TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { FieldValue, Form } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { PriceGrid } from "./PriceGrid.tsx";
import { type PriceColumn, type PriceListValues, priceListSpec, type Surcharge } from "./priceListForm.ts";
import { SurchargesField } from "./SurchargesField.tsx";
import { type PriceWords, priceWords } from "./words.ts";

interface PriceListEditorProps {
  lists: Resource<PriceList>;
  types: Resource<TicketType>;
  id: string;
}

const LIST = { screen: "price-lists" } as const;

/** One price list as a grid. */
export function PriceListEditor({ lists, types, id }: PriceListEditorProps) {
  const { currency } = useLook().place.value;
  const spec = useMemo(() => {
    const money = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return priceListSpec(lists, money.maximumFractionDigits ?? 2);
  }, [lists, currency]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <PriceListForm form={form} lists={lists} types={types} />}
    </Opening>
  );
}

interface PriceListFormProps {
  form: Form<PriceList, PriceListValues>;
  lists: Resource<PriceList>;
  types: Resource<TicketType>;
}

function PriceListForm({ form, lists, types }: PriceListFormProps) {
  const { route } = useDesk();
  const words = useWordsOf(priceWords);
  const managing = useManagingWords();
  const acts = useManagedActs(lists);
  const list = form.base.value;
  const all = useAll(types);

  async function remove(): Promise<void> {
    if (list === null) return;
    const question = { title: words.removeTitle(list.name), consequences: words.removeText, danger: true };
    if (!(await acts.remove(list, list.name, { question: { ...question, action: managing.remove } }))) return;
    form.restart(list);
    route.go(LIST);
  }

  return (
    <section class="section price-list" data-testid="section-price-list">
      <SectionHead title={list?.name ?? words.addList} back={LIST} text={list && words.keptNote} />
      <ResourceForm
        form={form}
        labels={words.fields}
        faultTexts={words.faults}
        shown={(field, value) => shownValue(field, value, all, words)}
        onSaved={() => {
          acts.saySaved(form);
          route.go(LIST);
        }}
        onCancel={() => route.go(LIST)}
        acts={
          list && (
            <button type="button" class="button danger" data-testid="remove" onClick={() => void remove()}>
              {managing.remove}
            </button>
          )
        }
      >
        <div class="pair">
          <TextField name="name" isRequired hasFocus={list === null} maxLength={100} />
          <TextField name="validFrom" type="date" isShort />
          <TextField name="validUntil" type="date" isShort />
        </div>
        <PriceGrid types={all} />
        <SurchargesField />
      </ResourceForm>
    </section>
  );
}

function useAll(types: Resource<TicketType>): readonly TicketType[] {
  const [all, setAll] = useState<readonly TicketType[]>([]);
  useEffect(() => {
    void types.all().then((answer) => answer.ok && setAll(answer.items));
  }, [types]);
  return all;
}

/** A column's days and hour in words: "L M X, antes de 17:00". */
export function columnName({ days, before }: PriceColumn, words: PriceWords): string {
  const when = days.map((day) => words.weekdayNames[day]).join(", ");
  return (
    [when, before && `${words.before.toLowerCase()} ${before}`].filter(Boolean).join(", ") || words.always.toLowerCase()
  );
}

function shownValue(
  field: string,
  value: FieldValue,
  types: readonly TicketType[],
  words: PriceWords,
): string | undefined {
  if (field === "surcharges")
    return (value as readonly Surcharge[]).map(({ attribute, amount }) => `${attribute} +${amount}`).join("\n");
  if (field !== "columns") return undefined;
  return (value as readonly PriceColumn[])
    .flatMap((column) =>
      Object.entries(column.amounts).map(([key, amount]) => {
        const [zone, typeId] = key.split(" ");
        const type = types.find(({ id }) => id === typeId)?.name ?? "";
        return `${words.zone[zone as "standard" | "vip"]} ${type} (${columnName(column, words)}): ${amount}`;
      }),
    )
    .join("\n");
}
