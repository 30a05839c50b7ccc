import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { readAmount, type Sale } from "../state/sale.ts";
import { refusalText } from "../words/refusals.ts";

/** Total, what the buyer gives, what goes back. F9 takes the cash, Esc begins anew. */
export function CashDrawer({ sale }: { sale: Sale }) {
  const { words: allWords, look } = useDesk();
  const words = allWords.value;
  const formats = useLook().formats.value;
  const notices = useNotices();
  const [typed, setTyped] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const digits = digitsOf(look.place.value.currency);
  const total = sale.total.value;
  const given = typed.trim() === "" ? null : readAmount(typed, digits);
  const isShort = given !== null && given < total;
  // Seats show as ours before the server has said so; until then there is nothing to sell.
  const isHeld = sale.lines.value.length > 0 && !sale.desk.busy.value;
  const isReady = isHeld && !isShort && sale.phase.value.phase === "choosing";

  async function take(event?: Event): Promise<void> {
    event?.preventDefault();
    if (!isReady) return;
    const answer = await sale.take(given);
    if (answer.ok) setTyped("");
    else notices.say(refusalText(answer, words), "bad");
  }

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F9") {
        event.preventDefault();
        button.current?.click();
      }
      if (event.key === "Escape" && sale.phase.peek().phase === "choosing") {
        setTyped("");
        void sale.desk.clear();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [sale]);

  return (
    <form class="drawer" onSubmit={(event) => void take(event)}>
      <p class="drawer-total">
        <span>{words.total}</span>
        <strong class="tabular" data-testid="sale-total">
          {formats.money(total)}
        </strong>
      </p>
      <label class="field">
        <span>{words.cashGiven}</span>
        <input
          inputmode="decimal"
          autocomplete="off"
          data-testid="cash-given"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p class={`drawer-change tabular ${isShort ? "short" : ""}`} aria-live="polite">
        {given !== null && total > 0 && (
          <>
            <span>{isShort ? words.missing : words.change}</span>
            <b data-testid="sale-change">{formats.money(Math.abs(given - total))}</b>
          </>
        )}
      </p>
      <button
        ref={button}
        type="submit"
        class="button primary drawer-take"
        aria-disabled={!isReady}
        data-testid="take-cash"
        aria-keyshortcuts="F9"
      >
        {words.takeCash} <kbd>F9</kbd>
      </button>
    </form>
  );
}

/** Digits after the point of a currency: two for euros, none for yen. */
function digitsOf(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}
