import { useEffect, useMemo, useState } from "preact/hooks";
import type { Order, TicketType } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { ReceiptIcon } from "../../../ui/parts/icons.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { AreaField, TextField } from "../parts/fields.tsx";
import { useManagedActs, useResource } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { Form } from "../state/form.ts";
import { useWordsOf } from "../words/use.ts";
import { StatusBadge } from "./OrdersSection.tsx";
import { type OrderValues, orderSpec } from "./orders.ts";
import { orderWords } from "./orderWords.ts";

const LIST = { screen: "orders" } as const;

/** One purchase: what was bought, how it was paid, and what of it can be corrected. */
export function OrderEditor({ id }: { id: string }) {
  const orders = useResource<Order>("/orders");
  const spec = useMemo(() => orderSpec(orders), [orders]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <OrderSheet form={form} />}
    </Opening>
  );
}

function OrderSheet({ form }: { form: Form<Order, OrderValues> }) {
  const { session } = useDesk();
  const words = useWordsOf(orderWords);
  const order = form.base.value;
  if (order === null) return <p class="console-message">{words.gone}</p>;
  return (
    <section class="section" data-testid="section-order">
      <SectionHead title={order.number} back={LIST} text={<StatusBadge status={order.status} />}>
        {order.receiptNumber && <ReceiptButton order={order} />}
      </SectionHead>
      <div class="with-aside">
        <OrderFacts order={order} />
        {session.may("sell") && <Correction form={form} />}
      </div>
    </section>
  );
}

function ReceiptButton({ order }: { order: Order }) {
  const { api } = useDesk();
  const words = useWordsOf(orderWords);
  const notices = useNotices();
  const { language } = useLook();
  const open = async () => {
    const receipt = await api.file(`/orders/${order.id}/receipt?lang=${language.peek()}`, "application/pdf");
    if (receipt.ok) window.open(URL.createObjectURL(receipt.blob), "_blank");
    else notices.say(words.receiptFailed, "bad");
  };
  return (
    <button type="button" class="button" data-testid="receipt" onClick={() => void open()}>
      <ReceiptIcon />
      {words.receipt}
    </button>
  );
}

function OrderFacts({ order }: { order: Order }) {
  const words = useWordsOf(orderWords);
  const formats = useLook().formats.value;
  const moment = (iso: string) => `${formats.shortDay(iso)}, ${formats.time(iso)}`;
  return (
    <div class="order-sheet">
      <dl class="facts">
        <dt>{words.columns.film}</dt>
        <dd>
          <ScreenLink to={{ screen: "showtime", showtimeId: order.showtimeId }}>{order.film.title}</ScreenLink>
        </dd>
        <dt>{words.columns.when}</dt>
        <dd>
          {moment(order.startsAt)} · {order.auditorium.name}
        </dd>
        <dt>{words.columns.bought}</dt>
        <dd>
          {moment(order.createdAt)} · {words.channels[order.channel]}
        </dd>
        <dt>{words.payment}</dt>
        <dd>{words.methods[order.payment.method]}</dd>
        {order.receiptNumber && (
          <>
            <dt>{words.receiptNumber}</dt>
            <dd>{order.receiptNumber}</dd>
          </>
        )}
      </dl>
      <OrderLines order={order} />
      {order.refunds.length > 0 && (
        <section aria-labelledby="refunds">
          <h2 id="refunds">{words.refunds}</h2>
          <ul class="refunds">
            {order.refunds.map((refund) => (
              <li key={refund.id} class="tabular">
                {moment(refund.at)} · {formats.money(refund.amount)} · {refund.lines.join(" ")}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function OrderLines({ order }: { order: Order }) {
  const words = useWordsOf(orderWords);
  const formats = useLook().formats.value;
  const types = useTicketTypes();
  return (
    <table class="table" data-testid="lines">
      <thead>
        <tr>
          <th scope="col">{words.seat}</th>
          <th scope="col">{words.ticket}</th>
          <th scope="col" class="number">
            {words.price}
          </th>
        </tr>
      </thead>
      <tbody>
        {order.lines.map((line) => (
          <tr key={line.seatId}>
            <th scope="row">{line.seatId}</th>
            <td>{types.get(line.ticketTypeId) ?? ""}</td>
            <td class="number tabular">{formats.money(line.price)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            {words.total}
          </th>
          <td class="number tabular">
            <b>{formats.money(order.total)}</b>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

/** Names of ticket types by id, those that are no longer sold included where they may be read. */
function useTicketTypes(): ReadonlyMap<string, string> {
  const resource = useResource<TicketType>("/ticket-types");
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    void resource.all().then((found) => {
      if (found.ok) setNames(new Map(found.items.map(({ id, name }) => [id, name])));
    });
  }, [resource]);
  return names;
}

function Correction({ form }: { form: Form<Order, OrderValues> }) {
  const { route } = useDesk();
  const words = useWordsOf(orderWords);
  const acts = useManagedActs(useResource<Order>("/orders"));
  return (
    <aside class="aside" aria-labelledby="correct">
      <h2 id="correct">{words.correct}</h2>
      <ResourceForm
        form={form}
        labels={words.fields}
        faultTexts={words.faults}
        onSaved={() => acts.saySaved(form, form.restart)}
        onCancel={() => route.go(LIST)}
      >
        <TextField name="name" maxLength={200} />
        <TextField name="email" type="email" maxLength={254} help={words.emailHelp} />
        <AreaField name="note" rows={3} help={words.noteHelp} />
      </ResourceForm>
    </aside>
  );
}
