import { useEffect, useMemo } from "preact/hooks";
import type { Order } from "../../../../server/protocol/resources.ts";
import { useLook } from "../../../../ui/look.ts";
import { NextIcon, ReceiptIcon } from "../../../../ui/parts/icons.tsx";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { Poster } from "../../../../ui/parts/Poster.tsx";
import { useShop, useWords } from "../../parts/context.ts";
import { FilmPoster } from "../../parts/FilmPoster.tsx";
import { saveReceipt } from "../../parts/print.ts";
import { byTime, createPurchases, isPurchase } from "../state/purchases.ts";
import { useAccountWords } from "../words/words.ts";

/** What was bought: what is still to come first, each a touch away from its codes. */
export function Purchases() {
  const shop = useShop();
  const words = useAccountWords();
  const ui = useLook().words.value;
  const purchases = useMemo(() => createPurchases(shop.api), [shop]);
  useEffect(() => void purchases.load(), [purchases]);
  const now = purchases.state.value;
  if (now.status === "loading") return <p class="waiting">{ui.loading}</p>;
  if (now.status === "failed")
    return (
      <div class="empty">
        <p>{words.purchasesFailed}</p>
        <button type="button" class="button" onClick={() => void purchases.load()}>
          {ui.retry}
        </button>
      </div>
    );
  const { upcoming, past } = byTime(now.orders.filter(isPurchase), Date.now());
  if (upcoming.length + past.length === 0 && now.nextCursor === null) return <NoPurchases />;
  return (
    <>
      <PurchaseList title={words.upcoming} orders={upcoming} />
      <PurchaseList title={words.past} orders={past} />
      {now.nextCursor !== null && (
        <button type="button" class="button" data-testid="more-purchases" onClick={() => void purchases.more()}>
          {words.more}
        </button>
      )}
    </>
  );
}

function NoPurchases() {
  const shop = useShop();
  const words = useAccountWords();
  return (
    <div class="empty">
      <p class="empty-title">{words.noPurchases}</p>
      <p class="soft">{words.noPurchasesHint}</p>
      <div class="actions">
        <button type="button" class="button primary" onClick={() => shop.go({ to: "films" })}>
          {words.seeFilms}
        </button>
        <a class="button" href="#/account/find">
          {words.findLink}
        </a>
      </div>
    </div>
  );
}

function PurchaseList({ title, orders }: { title: string; orders: readonly Order[] }) {
  if (orders.length === 0) return null;
  return (
    <section class="purchases">
      <h2>{title}</h2>
      <ul>
        {orders.map((order) => (
          <PurchaseCard key={order.id} order={order} />
        ))}
      </ul>
    </section>
  );
}

export function PurchaseCard({ order }: { order: Order }) {
  const shop = useShop();
  const words = useAccountWords();
  const formats = useLook().formats.value;
  const film = shop.catalogue.film(order.film.id);
  const seats = order.lines.map(({ seatId }) => seatId).join(", ");
  return (
    <li class="purchase" data-testid="purchase">
      <div class="purchase-poster">
        {film ? <FilmPoster film={film} /> : <Poster title={order.film.title} genre="" />}
      </div>
      <div class="purchase-text">
        <h3>{order.film.title}</h3>
        <p>
          {formats.shortDay(order.startsAt)}, <b class="tabular">{formats.time(order.startsAt)}</b> ·{" "}
          {order.auditorium.name}
        </p>
        <p class="purchase-seats">{seats}</p>
        <p class="soft tabular">
          {words.number} <span data-testid="purchase-number">{order.number}</span> · {formats.money(order.total)}
          {order.status !== "confirmed" && ` · ${words.statuses[order.status]}`}
        </p>
      </div>
      <PurchaseActs order={order} />
    </li>
  );
}

function PurchaseActs({ order }: { order: Order }) {
  const shop = useShop();
  const words = useAccountWords();
  const shopWords = useWords();
  const notices = useNotices();
  const { language } = useLook();
  const receipt = () =>
    void saveReceipt(shop.api, order, language.peek()).then((saved) => {
      if (!saved) notices.say(shopWords.newsUnreachable, "bad");
    });
  return (
    <div class="purchase-acts">
      {order.status !== "refunded" && (
        <a class="button" href={`#/order/${order.id}`} aria-label={words.ticketsOf(order.number)}>
          {words.tickets}
          <NextIcon />
        </a>
      )}
      {order.receiptNumber && (
        <button type="button" class="button quiet" aria-label={words.receiptOf(order.number)} onClick={receipt}>
          <ReceiptIcon />
          {words.receipt}
        </button>
      )}
    </div>
  );
}
