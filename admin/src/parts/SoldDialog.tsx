import { useLayoutEffect, useRef } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useDesk } from "../desk.ts";
import type { Sale } from "../state/sale.ts";

/** Sold: the change to give back, the number, the paper. Enter goes on with the next buyer. */
export function SoldDialog({ sale }: { sale: Sale }) {
  const phase = sale.phase.value;
  return phase.phase === "sold" ? <Sold sale={sale} phase={phase} /> : null;
}

function Sold({ sale, phase }: { sale: Sale; phase: Extract<Sale["phase"]["value"], { phase: "sold" }> }) {
  const { words: allWords, api } = useDesk();
  const words = allWords.value;
  const formats = useLook().formats.value;
  const next = useRef<HTMLButtonElement>(null);
  const { order, change } = phase;
  useLayoutEffect(() => next.current?.focus(), []);

  async function showReceipt(): Promise<void> {
    const receipt = await api.file(`/orders/${order.id}/receipt`, "application/pdf");
    if (receipt.ok) window.open(URL.createObjectURL(receipt.blob), "_blank");
  }

  return (
    <Dialog
      title={words.soldTitle}
      onClose={() => sale.next()}
      testId="sold"
      actions={
        <>
          <button type="button" class="button" onClick={() => void showReceipt()}>
            {words.openReceipt}
          </button>
          <button ref={next} type="button" class="button primary" data-testid="next-sale" onClick={() => sale.next()}>
            {words.nextSale}
          </button>
        </>
      }
    >
      <p class="sold-change tabular">{change > 0 ? words.soldChange(formats.money(change)) : words.soldExact}</p>
      <dl class="sold-facts">
        <dt>{words.soldNumber}</dt>
        <dd data-testid="sold-number">{order.number}</dd>
        <dt>{words.seatEntry}</dt>
        <dd>{order.lines.map((line) => line.seatId).join(" ")}</dd>
        <dt>{words.total}</dt>
        <dd class="tabular">{formats.money(order.total)}</dd>
      </dl>
    </Dialog>
  );
}
