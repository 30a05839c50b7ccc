import { CloseIcon } from "../../../ui/parts/icons.tsx";
import { FieldFrame } from "../parts/fields.tsx";
import { useFormAround } from "../parts/ResourceForm.tsx";
import { useWordsOf } from "../words/use.ts";
import type { Surcharge } from "./priceListForm.ts";
import { priceWords } from "./words.ts";

/** What an attribute of a showtime adds to its prices. */
export function SurchargesField() {
  const { form } = useFormAround();
  const words = useWordsOf(priceWords);
  const surcharges = form.values.value.surcharges as readonly Surcharge[];
  const set = (next: readonly Surcharge[]) => form.set({ surcharges: next });
  const change = (at: number, part: Partial<Surcharge>) =>
    set(surcharges.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <FieldFrame name="surcharges" isGroup help={words.surchargeHelp}>
      {(ties) => (
        <>
          <ul class="surcharges">
            {surcharges.map(({ attribute, amount }, at) => (
              <li key={`${at}`}>
                <input
                  aria-label={words.attribute}
                  aria-invalid={ties["aria-invalid"] && at === 0}
                  placeholder="3D"
                  maxLength={30}
                  value={attribute}
                  onInput={(event) => change(at, { attribute: event.currentTarget.value })}
                />
                <span aria-hidden="true">+</span>
                <input
                  class="amount tabular"
                  aria-label={`${words.amount} ${attribute}`}
                  inputMode="decimal"
                  value={amount}
                  onInput={(event) => change(at, { amount: event.currentTarget.value })}
                />
                <button
                  type="button"
                  class="icon-button"
                  aria-label={words.removeSurcharge(attribute)}
                  onClick={() => set(surcharges.toSpliced(at, 1))}
                >
                  <CloseIcon />
                </button>
              </li>
            ))}
          </ul>
          <button
            type="button"
            class="button small"
            data-testid="add-surcharge"
            onClick={() => set([...surcharges, { attribute: "", amount: "" }])}
          >
            {words.addSurcharge}
          </button>
        </>
      )}
    </FieldFrame>
  );
}
