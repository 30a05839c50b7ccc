import { useLook } from "../../../ui/look.ts";
import { useShop, useWords } from "../parts/context.ts";
import { Hero } from "../parts/Hero.tsx";
import { PurchaseStep } from "../parts/PurchaseStep.tsx";
import type { Line } from "../state/lines.ts";
import type { Purchase } from "../state/purchase.ts";

/** Which ticket each seat gets. The house's first is chosen already: most people only continue. */
export function Tickets() {
  const shop = useShop();
  const words = useWords();
  const purchase = shop.purchase.value;
  if (!purchase) return null;
  const lines = purchase.lines.value;
  return (
    <PurchaseStep
      purchase={purchase}
      name="tickets"
      title={words.ticketsTitle}
      action={{
        testId: "to-pay",
        isReady: lines.length > 0,
        onGo: () => shop.go({ to: "pay" }),
        label: words.toPay,
      }}
    >
      <Hero purchase={purchase} />
      <ul class="lines">
        {lines.map((line) => (
          <li key={line.seat.id}>
            <TicketChoice purchase={purchase} line={line} />
          </li>
        ))}
      </ul>
    </PurchaseStep>
  );
}

function TicketChoice({ purchase, line: { seat, ticketTypeId } }: { purchase: Purchase; line: Line }) {
  const words = useWords();
  const ui = useLook().words.value;
  const formats = useLook().formats.value;
  return (
    <fieldset class="ticket-choice" data-seat={seat.id}>
      <legend>
        <span>
          <strong class="seat-id">{seat.id}</strong>
          <span class="seat-place">
            {words.rowSeat(seat.row, seat.number)}
            {seat.kind !== "standard" && `, ${ui.kinds[seat.kind]}`}
          </span>
        </span>
      </legend>
      <div class="options">
        {purchase.offers(seat).map((offer) => (
          <label key={offer.ticketTypeId} class="option">
            <input
              type="radio"
              name={`ticket-${seat.id}`}
              value={offer.ticketTypeId}
              checked={offer.ticketTypeId === ticketTypeId}
              onChange={() => purchase.chooseTicket(seat.id, offer.ticketTypeId)}
            />
            <span class="option-name">{offer.name}</span>
            <span class="option-price tabular">{formats.money(offer.price)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
