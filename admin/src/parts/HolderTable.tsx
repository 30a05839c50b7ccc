import { useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { useDesk } from "../desk.ts";
import type { SeatDetails } from "../state/details.ts";
import { type Holding, holderText, holdingsOf, wantedHoldings } from "../state/holders.ts";

/** Who has what until when: seats of one owner together, live. */
export function HolderTable({ details }: { details: SeatDetails }) {
  const words = useDesk().words.value;
  const [wanted, setWanted] = useState("");
  const seats = details.seats.value;
  const holdings = wantedHoldings(holdingsOf(seats ?? []), wanted, words);
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
      {seats !== null && holdings.length === 0 && (
        <p class="soft">{seats.length === 0 ? words.nobody : words.nobodyLikeThat}</p>
      )}
      {holdings.length > 0 && (
        <section class="table-box" tabindex={0} aria-label={words.whoHasWhat}>
          <table class="table" data-testid="holders">
            <thead>
              <tr>
                <th scope="col">{words.seat}</th>
                <th scope="col">{words.state}</th>
                <th scope="col">{words.who}</th>
              </tr>
            </thead>
            <tbody>
              {holdings.map((holding) => (
                <HolderRow key={`${holding.state}${holding.seats[0]}`} holding={holding} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function HolderRow({ holding }: { holding: Holding }) {
  const words = useDesk().words.value;
  const formats = useLook().formats.value;
  const { seats, state, until, by, orderNumber, reason, name } = holding;
  const isFor = name && words.blockedFor(name);
  return (
    <tr data-state={state}>
      <th scope="row">{seats.join(" ")}</th>
      <td>
        <span class={`state state-${state}`}>{words.states[state]}</span>
        {until !== undefined && <small class="soft tabular">{words.untilTime(formats.time(until))}</small>}
      </td>
      <td class="who" title={by}>
        {reason === undefined ? holderText(holding, words) : [reason, isFor].filter(Boolean).join(", ")}
        <small class="soft tabular">{reason === undefined ? orderNumber : holderText(holding, words)}</small>
      </td>
    </tr>
  );
}
