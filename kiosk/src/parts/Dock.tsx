import type { ComponentChildren } from "preact";
import { useLook } from "../../../ui/look.ts";
import { Countdown } from "../../../ui/parts/Countdown.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import type { Purchase } from "../state/purchase.ts";
import { useShop, useWords } from "./context.ts";

interface DockProps {
  purchase: Purchase;
  /** The one action that leads on, bottom right. */
  children: ComponentChildren;
}

/** What stays in sight through a purchase: time, seats, total, and the way on. */
export function PurchaseDock({ purchase, children }: DockProps) {
  const words = useWords();
  const ui = useLook().words.value;
  const formats = useLook().formats.value;
  const lines = purchase.lines.value;
  const endsAt = purchase.desk.endsAt.value;
  return (
    <>
      <div class="dock-time">
        {endsAt !== null && lines.length > 0 && (
          <>
            <Countdown endsAt={endsAt} label={ui.timeLeft} spoken={ui.timeSpoken} />
            <MoreTime purchase={purchase} />
          </>
        )}
      </div>
      <div class="dock-sum">
        <p class="dock-seats" data-testid="chosen">
          {lines.length === 0 ? words.noSeats : lines.map((line) => line.seat.id).join(", ")}
        </p>
        <p class="dock-total">
          <span class="soft">{words.total}</span>{" "}
          <strong class="tabular" data-testid="total">
            {formats.money(purchase.total.value)}
          </strong>
        </p>
      </div>
      <div class="dock-action">{children}</div>
    </>
  );
}

function MoreTime({ purchase }: { purchase: Purchase }) {
  const shop = useShop();
  const words = useWords();
  const notices = useNotices();
  if (!purchase.desk.extendable.value) return null;
  return (
    <button
      type="button"
      class="button small"
      disabled={!shop.able.value}
      data-testid="more-time"
      onClick={() =>
        void purchase.desk.extend().then((answer) => {
          if (answer.ok) notices.say(purchase.desk.extendable.peek() ? words.moreTimeDone : words.moreTimeLast, "good");
        })
      }
    >
      {words.moreTime}
    </button>
  );
}
