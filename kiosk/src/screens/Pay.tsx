import { type Signal, useSignal } from "@preact/signals";
import type { CustomerSession } from "../../../ui/connection/customer.ts";
import { useLook } from "../../../ui/look.ts";
import { AlertIcon, CardIcon } from "../../../ui/parts/icons.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { Hero } from "../parts/Hero.tsx";
import { PurchaseStep } from "../parts/PurchaseStep.tsx";
import type { Purchase } from "../state/purchase.ts";
import { PayEnded, PayWaiting } from "./PayProgress.tsx";

/** Cards of the simulated provider, honest about what they do. */
const DEMO_CARDS = ["sim_approve", "sim_decline", "sim_slow", "sim_challenge"] as const;
export type DemoCard = (typeof DEMO_CARDS)[number];

/** Paying: what is bought, with what, and how it goes. */
export function Pay() {
  const shop = useShop();
  const purchase = shop.purchase.value;
  const payment = shop.payment.status.value;
  // Outlives a try that failed: nobody types an address twice.
  const email = useSignal("");
  if (!purchase) return null;
  switch (payment.state) {
    case "ready":
      return <PayForm purchase={purchase} problem={payment.problem} email={email} />;
    case "sending":
    case "waiting":
      return <PayWaiting status={payment} />;
    case "ended":
      return <PayEnded status={payment} showtimeId={purchase.showtimeId} />;
    case "confirmed":
      return null;
    default:
      return payment satisfies never;
  }
}

/** Good enough to catch a slip; the server has the last word. */
const EMAIL = /^\S+@\S+\.\S+$/;

interface PayFormProps {
  purchase: Purchase;
  problem?: "declined" | "unreachable";
  email: Signal<string>;
}

function PayForm({ purchase, problem, email }: PayFormProps) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const card = useSignal<DemoCard>("sim_approve");
  const wrongEmail = !shop.customer?.user.value && email.value !== "" && !EMAIL.test(email.value);
  const simulated = shop.config.value?.paymentProvider === "simulated";
  const hold = purchase.desk.hold.value;

  function pay(): void {
    if (!hold || wrongEmail) return;
    void shop.payment.pay({
      showtimeId: purchase.showtimeId,
      hold: hold.token,
      lines: purchase.lines.value.map(({ seat, ticketTypeId }) => ({ seatId: seat.id, ticketTypeId })),
      payment: simulated ? { method: "card", token: card.value } : { method: "card" },
      ...(email.value !== "" && !shop.customer?.user.value && { contact: { email: email.value } }),
    });
  }

  return (
    <PurchaseStep
      purchase={purchase}
      name="pay"
      title={words.payTitle}
      action={{
        testId: "pay",
        isReady: hold !== null && !wrongEmail,
        onGo: pay,
        label: (
          <>
            <CardIcon />
            {problem ? words.payAgain : words.payNow(formats.money(purchase.total.value))}
          </>
        ),
      }}
    >
      {problem && <Problem problem={problem} />}
      <Hero purchase={purchase} />
      <div class="pay">
        <Summary purchase={purchase} />
        <div class="pay-side">
          {shop.customer && <Reach customer={shop.customer} email={email} wrong={wrongEmail} />}
          {simulated && <DemoCards card={card} />}
        </div>
      </div>
    </PurchaseStep>
  );
}

function Problem({ problem }: { problem: "declined" | "unreachable" }) {
  const words = useWords();
  return (
    <div class="callout" role="alert" data-testid={`problem-${problem}`}>
      <AlertIcon />
      <div>
        <h2>{problem === "declined" ? words.declinedTitle : words.unreachableTitle}</h2>
        <p>{problem === "declined" ? words.declinedText : words.unreachableText}</p>
      </div>
    </div>
  );
}

function Summary({ purchase }: { purchase: Purchase }) {
  const words = useWords();
  const formats = useLook().formats.value;
  const nameOf = (line: { seat: Parameters<Purchase["offers"]>[0]; ticketTypeId: string }) =>
    purchase.offers(line.seat).find((offer) => offer.ticketTypeId === line.ticketTypeId)?.name;
  return (
    <section class="summary" aria-labelledby="summary">
      <h2 id="summary">{words.summary}</h2>
      <table>
        <tbody>
          {purchase.lines.value.map((line) => (
            <tr key={line.seat.id}>
              <th scope="row">{line.seat.id}</th>
              <td>{nameOf(line)}</td>
              <td class="money tabular">{formats.money(line.price)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {words.total}
            </th>
            <td class="money tabular">{formats.money(purchase.total.value)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** Where the buyer can be reached: an account says so itself. */
function Reach({ customer, email, wrong }: { customer: CustomerSession; email: Signal<string>; wrong: boolean }) {
  const words = useWords();
  const user = customer.user.value;
  return user ? <p class="soft">{words.keptInAccount(user.email)}</p> : <EmailField email={email} wrong={wrong} />;
}

function EmailField({ email, wrong }: { email: Signal<string>; wrong: boolean }) {
  const words = useWords();
  return (
    <label class="field">
      <span>{words.emailLabel}</span>
      <input
        type="email"
        autocomplete="email"
        inputMode="email"
        value={email.value}
        aria-invalid={wrong}
        aria-describedby="email-hint"
        onChange={(event) => {
          email.value = event.currentTarget.value.trim();
        }}
      />
      <span id="email-hint" class={wrong ? "field-error" : "soft"}>
        {wrong ? words.emailInvalid : words.emailHint}
      </span>
    </label>
  );
}

function DemoCards({ card }: { card: Signal<DemoCard> }) {
  const words = useWords();
  return (
    <fieldset class="demo">
      <legend>{words.demoTitle}</legend>
      {DEMO_CARDS.map((token) => (
        <label key={token} class="option">
          <input
            type="radio"
            name="demo-card"
            value={token}
            checked={card.value === token}
            onChange={() => {
              card.value = token;
            }}
          />
          <span class="option-name">{words.demoCards[token]}</span>
        </label>
      ))}
    </fieldset>
  );
}
