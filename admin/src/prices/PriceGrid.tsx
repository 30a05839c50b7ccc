import type { TicketType, Weekday } from "../../../server/protocol/resources.ts";
import { CloseIcon, PlusIcon } from "../../../ui/parts/icons.tsx";
import { FieldFrame } from "../parts/fields.tsx";
import { useFormAround } from "../parts/ResourceForm.tsx";
import { useWordsOf } from "../words/use.ts";
import { columnName } from "./PriceListEditor.tsx";
import { ALWAYS, type PriceColumn, WEEKDAYS } from "./priceListForm.ts";
import { priceWords } from "./words.ts";

const ZONES = ["standard", "vip"] as const;

/** Zones and ticket types downwards, days and hours to the right; the first column that fits counts. */
export function PriceGrid({ types }: { types: readonly TicketType[] }) {
  const { form } = useFormAround();
  const words = useWordsOf(priceWords);
  const columns = form.values.value.columns as readonly PriceColumn[];
  const set = (next: readonly PriceColumn[]) => form.set({ columns: next });
  const change = (at: number, part: Partial<PriceColumn>) =>
    set(columns.map((column, index) => (index === at ? { ...column, ...part } : column)));
  const isPriced = (id: string) =>
    columns.some(({ amounts }) => ZONES.some((zone) => (amounts[`${zone} ${id}`] ?? "") !== ""));
  const rows = types.filter(({ id, active }) => active || isPriced(id));
  const name = (column: PriceColumn, at: number) => `${words.column(at + 1)}, ${columnName(column, words)}`;
  return (
    <FieldFrame name="columns" isGroup help={types.length === 0 ? words.noTypes : words.gridHelp}>
      {(ties) => (
        <div class="price-grid">
          <table class="table prices" data-testid="price-grid">
            <thead>
              <tr>
                <th scope="col">{words.zoneHead}</th>
                <th scope="col">{words.typeHead}</th>
                {columns.map((column, at) => (
                  <th key={`${at}`} scope="col">
                    <ColumnHead
                      column={column}
                      name={name(column, at)}
                      onChange={(part) => change(at, part)}
                      onLeft={at > 0 ? () => set(movedLeft(columns, at)) : undefined}
                      onRemove={columns.length > 1 ? () => set(columns.toSpliced(at, 1)) : undefined}
                    />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ZONES.flatMap((zone) =>
                rows.map((type, index) => (
                  <tr key={`${zone} ${type.id}`} class={index === 0 ? "zone-first" : undefined}>
                    <td>{index === 0 && <b>{words.zone[zone]}</b>}</td>
                    <th scope="row">{type.name}</th>
                    {columns.map((column, at) => (
                      <td key={`${at}`} class="number">
                        <input
                          class="amount"
                          inputMode="decimal"
                          aria-label={words.priceOf(words.zone[zone], type.name, name(column, at))}
                          aria-invalid={ties["aria-invalid"] && at === 0 && index === 0 && zone === "standard"}
                          data-cell={`${zone} ${type.name} ${at}`}
                          value={column.amounts[`${zone} ${type.id}`] ?? ""}
                          onInput={({ currentTarget: { value } }) =>
                            change(at, { amounts: withAmount(column.amounts, `${zone} ${type.id}`, value) })
                          }
                        />
                      </td>
                    ))}
                  </tr>
                )),
              )}
            </tbody>
          </table>
          <button
            type="button"
            class="button"
            data-testid="add-column"
            // What is rarer comes first: it counts before what always holds.
            onClick={() => set([{ ...ALWAYS, days: ["mon", "tue", "wed", "thu"] }, ...columns])}
          >
            <PlusIcon /> {words.addColumn}
          </button>
        </div>
      )}
    </FieldFrame>
  );
}

interface ColumnHeadProps {
  column: PriceColumn;
  name: string;
  onChange(part: Partial<PriceColumn>): void;
  onLeft?: () => void;
  onRemove?: () => void;
}

function ColumnHead({ column, name, onChange, onLeft, onRemove }: ColumnHeadProps) {
  const words = useWordsOf(priceWords);
  const turn = (day: Weekday, on: boolean) =>
    onChange({ days: WEEKDAYS.filter((one) => (one === day ? on : column.days.includes(one))) });
  return (
    <div class="column-head">
      <fieldset>
        <legend class="hidden">{`${name}: ${words.days}`}</legend>
        {WEEKDAYS.map((day) => (
          <label key={day} class="weekday">
            <input
              type="checkbox"
              aria-label={words.weekdayNames[day]}
              checked={column.days.includes(day)}
              onChange={(event) => turn(day, event.currentTarget.checked)}
            />
            <span aria-hidden="true">{words.weekdays[day]}</span>
          </label>
        ))}
      </fieldset>
      <div class="column-acts">
        <label>
          <span>{words.before}</span>{" "}
          <input
            class="time tabular"
            placeholder="--:--"
            maxLength={5}
            aria-label={`${name}: ${words.before}`}
            value={column.before}
            onInput={(event) => onChange({ before: event.currentTarget.value })}
          />
        </label>
        {onLeft && (
          <button type="button" class="icon-button" aria-label={words.moveLeft(name)} onClick={onLeft}>
            ←
          </button>
        )}
        {onRemove && (
          <button type="button" class="icon-button" aria-label={words.removeColumn(name)} onClick={onRemove}>
            <CloseIcon />
          </button>
        )}
      </div>
    </div>
  );
}

function movedLeft(columns: readonly PriceColumn[], at: number): PriceColumn[] {
  const moved = columns.toSpliced(at, 1);
  const one = columns[at];
  if (one) moved.splice(at - 1, 0, one);
  return moved;
}

/** An empty cell is no price, and no trace of one. */
function withAmount(amounts: PriceColumn["amounts"], key: string, value: string): PriceColumn["amounts"] {
  const { [key]: _, ...rest } = amounts;
  return value === "" ? rest : { ...amounts, [key]: value };
}
