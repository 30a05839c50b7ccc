import { useLook } from "../../../ui/look.ts";
import { Countdown } from "../../../ui/parts/Countdown.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { Frame, Mark } from "../parts/Frame.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import type { PaymentState } from "../state/payment.ts";

type Waiting = Extract<PaymentState, { state: "sending" | "waiting" }>;
type Ended = Extract<PaymentState, { state: "ended" }>;

/** The provider is asked. Nothing to do here but wait, confirm at the bank, or give up. */
export function PayWaiting({ status }: { status: Waiting }) {
  const words = useWords();
  const action = status.state === "waiting" ? status.order.payment.nextAction : undefined;
  if (action) return <Challenge url={action.url} status={status} />;
  const formats = useLook().formats.value;
  return (
    <Frame name="paying" title={status.state === "sending" ? words.sendingTitle : words.waitingTitle}>
      <div class="centred" role="status">
        {status.state === "waiting" && <p class="big-number tabular">{formats.money(status.order.total)}</p>}
        <span class="beam" aria-hidden="true" />
        <p>{words.waitingText}</p>
        <PayTime status={status} />
        <GiveUp status={status} />
      </div>
    </Frame>
  );
}

function Challenge({ url, status }: { url: string; status: Waiting }) {
  const shop = useShop();
  const words = useWords();
  const address = new URL(url, location.href).href;
  return (
    <Frame name="challenge" title={words.challengeTitle} intro={<p>{words.challengeText}</p>}>
      <div class="centred">
        {shop.mode === "kiosk" && (
          <figure class="challenge-code">
            <QrCode text={address} label={words.challengeScan} />
            <figcaption>{words.challengeScan}</figcaption>
          </figure>
        )}
        <a class="button primary" href={address} target="_blank" rel="noopener noreferrer" data-testid="challenge">
          {words.challengeOpen}
        </a>
        <PayTime status={status} />
        <GiveUp status={status} />
      </div>
    </Frame>
  );
}

/** Time left to pay: the server's span, counted from when we heard of it, so that a wrong clock here does no harm. */
function PayTime({ status }: { status: Waiting }) {
  const words = useWords();
  if (status.state !== "waiting" || !status.order.payBy) return null;
  const span = Date.parse(status.order.payBy) - Date.parse(status.order.createdAt);
  return <Countdown endsAt={status.askedAt + span} label={words.waitingLeft} />;
}

function GiveUp({ status }: { status: Waiting }) {
  const shop = useShop();
  const words = useWords();
  if (status.state !== "waiting") return null;
  return (
    <button
      type="button"
      class="button quiet"
      disabled={!shop.able.value}
      data-testid="cancel-payment"
      onClick={() => void shop.payment.cancel()}
    >
      {words.cancelPayment}
    </button>
  );
}

/** It did not go through and the seats are gone: what happened, and what to do next. */
export function PayEnded({ status, showtimeId }: { status: Ended; showtimeId: string }) {
  const shop = useShop();
  const words = useWords();
  const ui = useLook().words.value;
  const canChoose = status.reason !== "closed" && showtimeId !== "";
  return (
    <Frame
      name="ended"
      title={words.endedTitle}
      dock={
        <div class="dock-action">
          <button
            type="button"
            class={`button${canChoose ? "" : " primary"}`}
            onClick={() => {
              shop.payment.reset();
              shop.go({ to: "films" });
            }}
          >
            {words.otherFilms}
          </button>
          {canChoose && (
            <button
              type="button"
              class="button primary"
              data-testid="seats-again"
              onClick={() => {
                shop.payment.reset();
                shop.go({ to: "seats", showtimeId });
              }}
            >
              {words.chooseSeatsAgain}
            </button>
          )}
        </div>
      }
    >
      <div class="centred" role="alert">
        <Mark />
        <p>{words.ended[status.reason]}</p>
        {status.seats && status.seats.length > 0 && (
          <p class="soft">
            {words.seatWord}: {status.seats.join(", ")} ({ui.looks.sold})
          </p>
        )}
      </div>
    </Frame>
  );
}
