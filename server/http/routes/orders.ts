import type { FastifyRequest } from "fastify";
import type { Buyer, Checkout } from "../../booking/checkout.ts";
import type { Idempotency } from "../../booking/idempotency.ts";
import { toOrder } from "../../booking/order-view.ts";
import type { Orders } from "../../booking/orders.ts";
import { channelOf, type Principal } from "../../identity/principal.ts";
import { refuse } from "../../protocol/errors.ts";
import type { Calendar } from "../../schedule/calendar.ts";
import { pageAnswer } from "../../schemas/answers.ts";
import { orderAnswer } from "../../schemas/order-answers.ts";
import { checkoutBody, idempotencyHeaders, orderAmendment, orderQuery, ordersQuery } from "../../schemas/orders.ts";
import { idParams } from "../../schemas/paging.ts";
import type { OrderDoc } from "../../store/collections.ts";
import { caller, can } from "../access.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { existsBy, idOf, ifMatch, notFound, sendCreated, sendDocument } from "../documents.ts";
import { pageOf, pageRequest } from "../paging.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/orders";
const tags = ["orders"];
/** What a purchase may be refused for, besides what all calls may. */
const CHECKOUT_CODES = [
  ...(["lines_mismatch", "seat_unknown", "seat_taken", "showtime_closed", "hold_limit", "hold_expired"] as const),
  ...(["orphan_seat", "access_reserved", "order_state", "idempotency_in_progress", "idempotency_mismatch"] as const),
];

export interface OrderRoutesDeps {
  checkout: Checkout;
  idempotency: Idempotency;
  orders: Orders;
  /** Whether what a session made belongs to this caller. */
  ownsSession(principal: Principal, sessionId: string): Promise<boolean>;
  /** Whether this caller has proved lately that they know the order: they may read it, and no more. */
  wasShown(principal: Principal, orderId: string): Promise<boolean>;
  /** Makes sure that a buyer connected here hears of an order; called before it is made. */
  watchOrder(sessionId: string, showtimeId: string): Promise<void>;
  calendar: Pick<Calendar, "dayStart" | "addDays">;
  /** Where buyers reach us from outside, when that is known. */
  publicUrl?: string | undefined;
  /** Told of each refusal by lack of rights that a room found. */
  onDenied(request: FastifyRequest, principal: Principal | null): void;
}

/** Finds an order for a caller who may read it: its buyer, who looked it up, or staff with `orders:read`. */
export type FindOrder = (principal: Principal, orderId: string) => Promise<OrderDoc | null>;

export function createFindOrder({
  orders,
  ownsSession,
  wasShown,
}: Pick<OrderRoutesDeps, "orders" | "ownsSession" | "wasShown">): FindOrder {
  return async (principal, orderId) => {
    const order = await orders.find(orderId);
    if (order === null || principal.permissions.has("orders:read")) return order;
    return (await isBuyer(principal, order, ownsSession)) || (await wasShown(principal, order.id)) ? order : null;
  };
}

/** As `createFindOrder`, for a route: asking for somebody else's order is written down. */
function createOrderOf(deps: OrderRoutesDeps) {
  const findOrder = createFindOrder(deps);
  return async (request: FastifyRequest, orderId: string): Promise<OrderDoc | null> => {
    const found = await findOrder(caller(request), orderId);
    if (found === null && (await deps.orders.find(orderId)) !== null) deps.onDenied(request, request.principal);
    return found;
  };
}

/** Orders: bought, read, waited for, cancelled, found and corrected. */
export function addOrderRoutes(app: HttpServer, deps: OrderRoutesDeps): void {
  addCheckoutRoute(app, deps);
  addReadingRoutes(app, deps);
  addCancelRoute(app, deps);
  addStaffRoutes(app, deps);
}

function addCheckoutRoute(app: HttpServer, deps: OrderRoutesDeps): void {
  app.post(
    PATH,
    {
      config: { access: "buyer", audit: { action: "order.create", by: "staff" } },
      schema: {
        tags,
        summary: "Buy the seats of a hold",
        description: "Cash is confirmed at once; a card leaves the order `pending` until the provider has answered.",
        ...{ body: checkoutBody, headers: idempotencyHeaders },
        ...answers({ 201: orderAnswer }, CHECKOUT_CODES),
      },
    },
    async (request, reply) => {
      const buyer = buyerOf(caller(request));
      const { body } = request;
      const key = request.headers["idempotency-key"];
      const route = `POST ${PATH}`;
      const done = await deps.idempotency.once(
        { caller: buyer.sessionId, route, key, body, subject: "ord" },
        async (orderId, repeated) => {
          await deps.watchOrder(buyer.sessionId, body.showtimeId);
          return deps.checkout.begin({ orderId, repeated, buyer, request: body, returnUrl: returnUrl(request, deps) });
        },
      );
      if (!done.ok) {
        if (done.code === "forbidden") deps.onDenied(request, request.principal);
        return sendRefusal(reply, done);
      }
      const order = done.result?.order ?? (await deps.orders.find(done.subjectId));
      if (order === null) return sendRefusal(reply, noOrder);
      return sendCreated(reply, PATH, toOrder(order, isStaff(request)));
    },
  );
}

function addReadingRoutes(app: HttpServer, deps: OrderRoutesDeps): void {
  const orderOf = createOrderOf(deps);
  app.get(
    `${PATH}/:id`,
    {
      config: {
        access: "any",
        exists: async (request) => ((await orderOf(request, idOf(request.params))) ? null : noOrder),
      },
      schema: {
        tags,
        summary: "An order; with wait, once it has left pending or after that many seconds",
        ...{ params: idParams, querystring: orderQuery },
        ...answers({ 200: orderAnswer }),
      },
    },
    async (request, reply) => {
      const found = await orderOf(request, request.params.id);
      if (found === null) return sendRefusal(reply, noOrder);
      const waitMs = request.query.wait * 1000;
      const order = found.status === "pending" && waitMs > 0 ? await deps.orders.wait(found.id, waitMs) : found;
      return sendDocument(reply.header("cache-control", "no-store"), toOrder(order ?? found, isStaff(request)));
    },
  );
}

function addCancelRoute(app: HttpServer, deps: OrderRoutesDeps): void {
  const orderOf = createOrderOf(deps);
  app.post(
    `${PATH}/:id/cancel`,
    {
      config: { access: "any", audit: { action: "order.cancel", by: "staff" } },
      schema: {
        tags,
        summary: "Give up a pending order",
        params: idParams,
        ...answers({ 200: orderAnswer }, ["order_state"]),
      },
    },
    async (request, reply) => {
      const principal = caller(request);
      const found = await orderOf(request, request.params.id);
      if (found === null) return sendRefusal(reply, noOrder);
      if (!can(request, "sell") && !(await isBuyer(principal, found, deps.ownsSession))) {
        deps.onDenied(request, principal);
        return sendRefusal(reply, NOT_YOURS);
      }
      const cancelled = await deps.orders.cancel(found.id);
      if (!cancelled.ok) return sendRefusal(reply, cancelled);
      return sendDocument(reply, toOrder(cancelled.order, isStaff(request)));
    },
  );
}

function addStaffRoutes(app: HttpServer, { orders, calendar }: OrderRoutesDeps): void {
  const config = { access: { permission: "orders:read" } } as const;
  const exists = existsBy("order", orders.find);
  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: "Orders, newest first",
        description:
          "By `day` alone the latest shows come first; by `q` of a few letters in no order. A page may be short while `nextCursor` goes on.",
        querystring: ordersQuery,
        ...answers({ 200: pageAnswer(orderAnswer) }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, day, ...asked } = request.query;
      const filter = { ...asked, ...(day !== undefined && shownOn(day, calendar)) };
      const paged = pageRequest({ limit, cursor });
      if (!paged.ok) return sendRefusal(reply, paged);
      const listed = await orders.list(filter, paged.page);
      if (!listed.ok) return sendRefusal(reply, listed);
      return reply.send(
        pageOf(
          listed.items.map((order) => toOrder(order, true)),
          listed.nextId,
        ),
      );
    },
  );

  app.patch(
    `${PATH}/:id`,
    {
      config: { access: { permissions: ["orders:read", "sell"] }, exists, audit: { action: "order.amend" } },
      schema: {
        tags,
        summary: "Correct the contact or the note",
        ...{ params: idParams, body: orderAmendment, headers: changeHeaders },
        ...answers({ 200: orderAnswer }, ["version_conflict", "order_state"]),
      },
    },
    async (request, reply) => {
      const amended = await orders.amend(request.params.id, ifMatch(request), request.body);
      if (!amended.ok) return sendRefusal(reply, amended);
      return sendDocument(reply, toOrder(amended.order, true));
    },
  );
}

function shownOn(day: string, calendar: OrderRoutesDeps["calendar"]) {
  return { startsFrom: calendar.dayStart(day), startsTo: calendar.dayStart(calendar.addDays(day, 1)) };
}

const noOrder = notFound("order");
const NOT_YOURS = refuse("forbidden", "You may not do this");

function isStaff(request: FastifyRequest): boolean {
  return can(request, "orders:read");
}

async function isBuyer(
  principal: Principal,
  order: OrderDoc,
  ownsSession: OrderRoutesDeps["ownsSession"],
): Promise<boolean> {
  if (principal.class === "customer" && order.customerId === principal.userId) return true;
  return ownsSession(principal, order.sessionId);
}

function buyerOf(principal: Principal): Buyer {
  const { sessionId, deviceId, userId } = principal;
  const who = principal.class === "staff" ? { clerkId: userId } : { customerId: userId };
  const { permissions } = principal;
  const may = { maySell: permissions.has("sell"), maySellBlocked: permissions.has("seats:block") };
  return { sessionId, deviceId, ...who, channel: channelOf(principal), ...may };
}

/** The web shop: buyers at a kiosk decide on their own phone. */
function returnUrl({ protocol, host }: FastifyRequest, { publicUrl }: OrderRoutesDeps): string {
  return new URL("/", publicUrl ?? `${protocol}://${host}`).href;
}
