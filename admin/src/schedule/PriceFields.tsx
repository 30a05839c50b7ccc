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
        <table class="table prices">
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
            {zones.map((zone) => (
              <tr key={zone}>
                <th scope="row">{words.zone[zone]}</th>
                {types.map(({ id, name }, index) => {
                  const key = priceKey({ zone, ticketTypeId: id });
                  return (
                    <td key={id} class="number">
                      <input
                        class="amount"
                        inputMode="decimal"
                        aria-label={words.priceOf(words.zone[zone], name)}
                        aria-invalid={ties["aria-invalid"] && zone === zones[0] && index === 0}
                        data-price={key}
                        value={prices[key] ?? ""}
                        onInput={({ currentTarget: { value } }) => form.set({ prices: { ...prices, [key]: value } })}
                      />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </FieldFrame>
  );
}

function Listed({ house, check }: { house: House; check: Check }) {
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const prices = answerOf(check)?.prices ?? [];
  if (prices.length === 0) return null;
  const zones = [...new Set(prices.map(({ zone }) => zone))];
  const types = house.ticketTypes.filter(({ id }) => prices.some(({ ticketTypeId }) => ticketTypeId === id));
  return (
    <table class="table prices" data-testid="listed-prices">
      <caption class="hidden">{words.fields.prices}</caption>
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
        {zones.map((zone) => (
          <tr key={zone}>
            <th scope="row">{words.zone[zone]}</th>
            {types.map(({ id }) => {
              const price = prices.find((one) => one.zone === zone && one.ticketTypeId === id);
              return (
                <td key={id} class="number">
                  {price && formats.money(price.amount)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
