import type { ComponentChildren } from "preact";
import type { Zone } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { FieldFrame, SelectField } from "../parts/fields.tsx";
import { useFormAround } from "../parts/ResourceForm.tsx";
import { useWordsOf } from "../words/use.ts";
import { answerOf, type Check } from "./CheckPanel.tsx";
import type { House } from "./house.ts";
import { priceKey } from "./showtimeForm.ts";
import { scheduleWords } from "./words.ts";

/** Prices by a named list, shown as they come out; or by hand, zone by ticket type. */
export function PriceFields({ house, check }: { house: House; check: Check }) {
  const { form } = useFormAround();
  const words = useWordsOf(scheduleWords);
  const { priceListId, auditoriumId } = form.values.value as { priceListId: string; auditoriumId: string };
  const seats = house.auditoriums?.find(({ id }) => id === auditoriumId)?.seats ?? [];
  const zones = (["standard", "vip"] as const).filter((zone) => seats.some((seat) => seat.zone === zone));
  return (
    <>
      <SelectField
        name="priceListId"
        isRequired
        options={[
          ...house.priceLists.map(({ id, name }) => ({ value: id, label: name })),
          { value: "", label: words.byHand },
        ]}
      />
      {priceListId === "" ? (
        <ByHand house={house} zones={zones.length > 0 ? zones : ["standard"]} />
      ) : (
        <Listed house={house} check={check} />
      )}
    </>
  );
}

function ByHand({ house, zones }: { house: House; zones: readonly Zone[] }) {
  const { form } = useFormAround();
  const words = useWordsOf(scheduleWords);
  const prices = form.values.value.prices as Readonly<Record<string, string>>;
  const types = house.ticketTypes.filter(
    ({ id, active }) => active || zones.some((zone) => prices[priceKey({ zone, ticketTypeId: id })]),
  );
  return (
    <FieldFrame name="prices" isGroup help={types.length === 0 ? words.noTypes : words.pricesEmpty}>
      {(ties) => (
        <PriceTable
          zones={zones}
          types={types}
          cell={(zone, { id, name }, isFirst) => {
            const key = priceKey({ zone, ticketTypeId: id });
            return (
              <input
                class="amount"
                inputMode="decimal"
                aria-label={words.priceOf(words.zone[zone], name)}
                aria-invalid={ties["aria-invalid"] && isFirst}
                data-price={key}
                value={prices[key] ?? ""}
                onInput={({ currentTarget: { value } }) => form.set({ prices: { ...prices, [key]: value } })}
              />
            );
          }}
        />
      )}
    </FieldFrame>
  );
}

function Listed({ house, check }: { house: House; check: Check }) {
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const prices = answerOf(check)?.prices ?? [];
  if (prices.length === 0) return null;
  return (
    <PriceTable
      testId="listed-prices"
      caption={words.fields.prices}
      zones={[...new Set(prices.map(({ zone }) => zone))]}
      types={house.ticketTypes.filter(({ id }) => prices.some(({ ticketTypeId }) => ticketTypeId === id))}
      cell={(zone, { id }) => {
        const price = prices.find((one) => one.zone === zone && one.ticketTypeId === id);
        return price && formats.money(price.amount);
      }}
    />
  );
}

interface PriceTableProps {
  zones: readonly Zone[];
  types: House["ticketTypes"];
  cell(zone: Zone, type: House["ticketTypes"][number], isFirst: boolean): ComponentChildren;
  caption?: string;
  testId?: string;
}

/** Zone by ticket type. */
function PriceTable({ zones, types, cell, caption, testId }: PriceTableProps) {
  const words = useWordsOf(scheduleWords);
  return (
    <table class="table prices" data-testid={testId}>
      {caption && <caption class="hidden">{caption}</caption>}
      <thead>
        <tr>
          <th scope="col">{words.zoneHead}</th>
          {types.map(({ id, name }) => (
            <th key={id} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {zones.map((zone, row) => (
          <tr key={zone}>
            <th scope="row">{words.zone[zone]}</th>
            {types.map((type, column) => (
              <td key={type.id} class="number">
                {cell(zone, type, row === 0 && column === 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
