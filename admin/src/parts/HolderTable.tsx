import { useState } from "preact/hooks";
import type { SeatDetail } from "../../../server/protocol/events.ts";
import { useLook } from "../../../ui/look.ts";
import { useDesk } from "../desk.ts";
import type { SeatDetails } from "../state/details.ts";

/** Who has what until when: seats of one owner together, live. */
export function HolderTable({ details }: { details: SeatDetails }) {
  const words = useDesk().words.value;
  const formats = useLook().formats.value;
  const [wanted, setWanted] = useState("");
  const seats = details.seats.value;
  const rows = grouped(seats ?? []).filter((row) => matches(row, wanted));
  return (
    <>
      <h2>{words.whoHasWhat}</h2>
      <label class="field">
        <span class="hidden">{words.filterSeats}</span>
        <input
          type="search"
          placeholder={words.filterSeats}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      {seats !== null && seats.length === 0 && <p class="soft">{words.nobody}</p>}
      {rows.length > 0 && (
        <section class="table-box" tabindex={0} aria-label={words.whoHasWhat}>
          <table class="table" data-testid="holders">
            <thead>
              <tr>
                <th scope="col">{words.seat}</th>
                <th scope="col">{words.state}</th>
                <th scope="col">{words.order}</th>
                <th scope="col">{words.who}</th>
                <th scope="col">{words.until}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.state}${row.seats[0]}`} data-state={row.state}>
                  <th scope="row">{row.seats.join(" ")}</th>
                  <td>
                    <span class={`state state-${row.state}`}>{words.states[row.state]}</span>
                  </td>
                  <td class="tabular">{row.orderNumber ?? row.reason ?? ""}</td>
                  <td class="who">{row.by ?? ""}</td>
                  <td class="tabular">{row.until === undefined ? "" : formats.time(row.until)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

type HolderRow = Omit<SeatDetail, "seatId"> & { seats: string[] };

/** Seats of one hold or order become one row, in the order of their first seat. */
function grouped(seats: readonly SeatDetail[]): HolderRow[] {
  const rows = new Map<string, HolderRow>();
  for (const { seatId, ...rest } of seats) {
    const key = [rest.state, rest.orderNumber ?? "", rest.by ?? "", rest.until ?? "", rest.reason ?? ""].join("|");
    const row = rows.get(key);
    if (row) row.seats.push(seatId);
    else rows.set(key, { ...rest, seats: [seatId] });
  }
  return [...rows.values()];
}

function matches(row: HolderRow, wanted: string): boolean {
  const text = wanted.trim().toUpperCase();
  if (text === "") return true;
  return row.seats.includes(text) || (row.orderNumber ?? "").toUpperCase().includes(text);
}
