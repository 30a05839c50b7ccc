import { useEffect, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { clockText } from "../../../ui/words/formats.ts";
import type { Question } from "../state/shop.ts";
import { useShop, useWords } from "./context.ts";
import { lazyScreen } from "./lazy.tsx";

const Enter = lazyScreen(() => import("../account/account.ts").then((module) => module.EnterDialog));

/** Whatever has to be asked before going on stands here, in front of every screen. */
export function Questions() {
  const shop = useShop();
  const idle = shop.presence.idle.value;
  const question = shop.question.value;
  return (
    <>
      {question && <Asked key={question.ask} question={question} />}
      {idle.phase === "asking" && <StillThere endsAt={idle.endsAt} />}
    </>
  );
}

function Asked({ question }: { question: Question }) {
  switch (question.ask) {
    case "leave":
      return <Leave seats={question.seats} />;
    case "access":
      return <Access index={question.index} />;
    case "lost":
      return <Lost reason={question.reason} seats={question.seats} />;
    case "enter":
      return <Enter />;
    default:
      return question satisfies never;
  }
}

function Leave({ seats }: { seats: string[] }) {
  const shop = useShop();
  const words = useWords();
  return (
    <Dialog
      title={words.leaveTitle}
      testId="ask-leave"
      onClose={shop.dismiss}
      actions={
        <>
          <button type="button" class="button" data-testid="leave-go" onClick={shop.leave}>
            {words.leaveGo}
          </button>
          <button type="button" class="button primary" data-testid="leave-stay" onClick={shop.dismiss}>
            {words.leaveStay}
          </button>
        </>
      }
    >
      <p>{words.leaveText(seats)}</p>
    </Dialog>
  );
}

function Access({ index }: { index: number }) {
  const shop = useShop();
  const words = useWords();
  return (
    <Dialog
      title={words.accessTitle}
      testId="ask-access"
      onClose={shop.dismiss}
      actions={
        <>
          <button type="button" class="button" onClick={shop.dismiss}>
            {words.accessNo}
          </button>
          <button
            type="button"
            class="button primary"
            data-testid="access-yes"
            onClick={() => {
              shop.dismiss();
              void shop.purchase.peek()?.pick(index, true);
            }}
          >
            {words.accessYes}
          </button>
        </>
      }
    >
      <p>{words.accessText}</p>
    </Dialog>
  );
}

function Lost({ reason, seats }: { reason: "expired" | "evicted"; seats: string[] }) {
  const shop = useShop();
  const words = useWords();
  return (
    <Dialog
      title={words.expiredTitle}
      testId="ask-lost"
      onClose={shop.dismiss}
      actions={
        <>
          <button type="button" class="button" onClick={shop.dismiss}>
            {words.chooseOthers}
          </button>
          {reason === "expired" && (
            <button
              type="button"
              class="button primary"
              disabled={!shop.able.value}
              data-testid="take-again"
              onClick={() => {
                shop.dismiss();
                void shop.purchase.peek()?.takeAgain(seats);
              }}
            >
              {words.takeAgain}
            </button>
          )}
        </>
      }
    >
      <p>{reason === "expired" ? words.expiredText(seats) : words.evictedText(seats)}</p>
    </Dialog>
  );
}

const TICK_MS = 250;

function StillThere({ endsAt }: { endsAt: number }) {
  const words = useWords();
  const { language } = useLook();
  const [left, setLeft] = useState(endsAt - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(endsAt - Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [endsAt]);
  return (
    <Dialog
      key={language.value}
      title={words.idleTitle}
      testId="ask-idle"
      actions={
        // A touch anywhere answers; this button is where everybody looks for it.
        <button type="button" class="button primary" data-testid="idle-stay">
          {words.idleStay}
        </button>
      }
    >
      <p>{words.idleText}</p>
      <p class="idle-left">
        <span class="soft">{words.idleLeft}</span> <span class="tabular">{clockText(left)}</span>
      </p>
    </Dialog>
  );
}
