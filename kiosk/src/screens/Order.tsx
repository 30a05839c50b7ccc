import { useEffect, useState } from "preact/hooks";
import type { Order as PaidOrder } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { Countdown } from "../../../ui/parts/Countdown.tsx";
import { PersonIcon, PrintIcon, ReceiptIcon } from "../../../ui/parts/icons.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { FilmPoster } from "../parts/FilmPoster.tsx";
import { Frame } from "../parts/Frame.tsx";
import { printReceipt, saveReceipt } from "../parts/print.ts";
import { QrCode } from "../parts/QrCode.tsx";
import { PayEnded, PayWaiting } from "./PayProgress.tsx";

/** Long enough to take paper and go. */
const CLEAR_AFTER_PRINT_MS = 20_000;
/** Without paper the screen is the ticket: long enough for a photo of each. */
const CLEAR_WITHOUT_PRINT_MS = 60_000;

/** The ticket in the hand. Also where a reload finds an order that is still being paid. */
export function Order() {
  const shop = useShop();
  const words = useWords();
  const payment = shop.payment.status.value;
  switch (payment.state) {
    case "confirmed":
      return <Bought order={payment.order} />;
    case "sending":
    case "waiting":
      return <PayWaiting status={payment} />;
    case "ended":
      return <PayEnded status={payment} showtimeId="" />;
    case "ready":
      return (
        <Frame name="ended" title={words.declinedTitle} back>
          <p>{words.ended.refused}</p>
        </Frame>
      );
    default:
      return payment satisfies never;
  }
}

type Printing = "no" | "running" | "printed" | "failed";

function Bought({ order }: { order: PaidOrder }) {
  const shop = useShop();
  const words = useWords();
  const { language } = useLook();
  const kiosk = shop.mode === "kiosk";
  const [printing, setPrinting] = useState<Printing>(kiosk ? "running" : "no");
  const [clearAt, setClearAt] = useState<number | null>(null);
  const [leaving] = useState(() => new AbortController());
  useEffect(() => () => leaving.abort(), [leaving]);

  async function print(): Promise<void> {
    setPrinting("running");
    const gone = leaving.signal;
    const outcome = await printReceipt({ api: shop.api, orderId: order.id, language: language.peek(), gone });
    setPrinting(outcome);
    shop.reports?.printed(outcome);
    if (kiosk) setClearAt(Date.now() + (outcome === "printed" ? CLEAR_AFTER_PRINT_MS : CLEAR_WITHOUT_PRINT_MS));
  }
  useEffect(() => {
    if (kiosk) void print();
  }, [order.id]);

  return (
    <Frame
      name="order"
      title={words.orderTitle}
      intro={<p>{words.orderText}</p>}
      dock={<OrderDock clearAt={clearAt} />}
    >
      <PrintNews printing={printing} />
      <div class="order">
        <OrderHead order={order} />
        <ul class="tickets">
          {(order.tickets ?? []).map((ticket) => (
            <li key={ticket.id} class="ticket" data-testid="ticket">
              <QrCode text={ticket.code} label={words.ticketFor(ticket.seatId)} />
              <TicketStub order={order} seatId={ticket.seatId} />
            </li>
          ))}
        </ul>
        <div class="order-acts">
          <div class="actions">
            <button type="button" class="button" onClick={() => void print()} disabled={printing === "running"}>
              <PrintIcon />
              {words.print}
            </button>
            {!kiosk && <PdfButton order={order} />}
          </div>
          {kiosk && <p class="soft">{words.scanHint}</p>}
          {shop.customer?.user.value === null && <KeepTickets />}
        </div>
      </div>
    </Frame>
  );
}

/** All that the door and the guest want to know, beside the code: a photo of it is a whole ticket. */
function TicketStub({ order, seatId }: { order: PaidOrder; seatId: string }) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const line = order.lines.find((each) => each.seatId === seatId);
  const kind = shop.catalogue.ticketTypes.value.find((type) => type.id === line?.ticketTypeId)?.name;
  return (
    <div class="ticket-stub">
      <p>
        <strong>{order.film.title}</strong>
        <span>
          {formats.shortDay(order.startsAt)}, {formats.time(order.startsAt)} · {order.auditorium.name}
        </span>
        {kind && <span>{kind}</span>}
      </p>
      <p class="ticket-place">
        <span>{words.seatWord}</span>
        <strong class="ticket-seat">{seatId}</strong>
      </p>
    </div>
  );
}

function PrintNews({ printing }: { printing: Printing }) {
  const words = useWords();
  if (printing === "no") return null;
  const text = { running: words.printing, printed: words.printed, failed: words.printFailed }[printing];
  return (
    <p class={`callout${printing === "failed" ? "" : " calm"}`} role="status" data-testid={`print-${printing}`}>
      <PrintIcon />
      <span>{text}</span>
    </p>
  );
}

function OrderHead({ order }: { order: PaidOrder }) {
  const shop = useShop();
  const words = useWords();
  const formats = useLook().formats.value;
  const film = shop.catalogue.film(order.film.id);
  return (
    <section class="order-head">
      {film && <FilmPoster film={film} />}
      <div class="order-number">
        <span class="soft">{words.orderNumber}</span>
        <strong class="big-number" data-testid="order-number">
          {order.number}
        </strong>
      </div>
      <div class="order-facts">
        <p class="order-film">{order.film.title}</p>
        <p>
          {formats.day(order.startsAt)}, <span class="tabular">{formats.time(order.startsAt)}</span> ·{" "}
          {order.auditorium.name}
        </p>
        <p class="soft tabular">
          {formats.money(order.total)}
          {order.receiptNumber && ` · ${words.receiptNumber} ${order.receiptNumber}`}
        </p>
        {order.status !== "confirmed" && <p>{words.refundedNote}</p>}
      </div>
    </section>
  );
}

/** An account made now takes the purchase along. */
function KeepTickets() {
  const shop = useShop();
  const words = useWords();
  return (
    <section class="callout calm keep-tickets" aria-labelledby="keep-tickets">
      <PersonIcon />
      <div class="keep-text">
        <h2 id="keep-tickets">{words.keepTitle}</h2>
        <p class="soft">{words.keepText}</p>
      </div>
      <button type="button" class="button" data-testid="keep-tickets" onClick={() => shop.askEnter("register")}>
        {words.keepGo}
      </button>
    </section>
  );
}

function PdfButton({ order }: { order: PaidOrder }) {
  const shop = useShop();
  const words = useWords();
  const notices = useNotices();
  const { language } = useLook();
  return (
    <button
      type="button"
      class="button"
      data-testid="receipt"
      onClick={() =>
        void saveReceipt(shop.api, order, language.peek()).then((saved) => {
          if (!saved) notices.say(words.newsUnreachable, "bad");
        })
      }
    >
      <ReceiptIcon />
      {words.receiptPdf}
    </button>
  );
}

function OrderDock({ clearAt }: { clearAt: number | null }) {
  const shop = useShop();
  const words = useWords();
  const finish = () => (shop.mode === "kiosk" ? shop.endVisit() : shop.go({ to: "films" }));
  return (
    <>
      <div class="dock-time">
        {clearAt !== null && <Countdown endsAt={clearAt} label={words.finishIn} onEnd={finish} />}
      </div>
      <div class="dock-sum" />
      <div class="dock-action">
        <button type="button" class="button primary" data-testid="finish" onClick={finish}>
          {shop.mode === "kiosk" ? words.finish : words.otherFilms}
        </button>
      </div>
    </>
  );
}
