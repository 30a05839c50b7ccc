import { useLayoutEffect } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { CloseIcon } from "../../../ui/parts/icons.tsx";
import { useDesk } from "../desk.ts";
import type { Sale } from "../state/sale.ts";

/** The seats of the sale, each with its ticket type and price. Alt+1 to 9 makes all of one type. */
export function SaleLines({ sale }: { sale: Sale }) {
  const words = useDesk().words.value;
  const formats = useLook().formats.value;
  const lines = sale.lines.value;
  const types = sale.types.value;

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const place = /^Digit([1-9])$/.exec(event.code)?.[1];
      const type = event.altKey && place !== undefined ? sale.types.peek()[Number(place) - 1] : undefined;
      if (type === undefined) return;
      event.preventDefault();
      sale.setAll(type.id);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [sale]);

  if (lines.length === 0) return <p class="sale-empty soft">{words.noSeats}</p>;
  return (
    <>
      <fieldset class="all-as">
        <legend>{words.allAs}</legend>
        {types.map((type, place) => (
          <button key={type.id} type="button" class="button small" onClick={() => sale.setAll(type.id)}>
            <kbd>{place + 1}</kbd> {type.name}
          </button>
        ))}
      </fieldset>
      <ul class="sale-lines" data-testid="sale-lines">
        {lines.map(({ seat, ticketTypeId, price }) => (
          <li key={seat.id}>
            <b class="sale-seat">{seat.id}</b>
            <select
              aria-label={words.ticketTypeOf(seat.id)}
              value={ticketTypeId}
              onChange={(event) => sale.setType(seat.id, event.currentTarget.value)}
            >
              {types
                .filter((type) => sale.sells(seat, type.id))
                .map((type) => (
                  <option key={type.id} value={type.id}>
                    {type.name}
                  </option>
                ))}
            </select>
            <span class="tabular sale-price">{formats.money(price)}</span>
            <button
              type="button"
              class="icon-button"
              aria-label={words.removeSeat(seat.id)}
              onClick={() => void sale.desk.remove(seat.id)}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
