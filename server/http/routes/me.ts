import type { FastifyRequest } from "fastify";
import { toOrder } from "../../booking/order-view.ts";
import type { Orders } from "../../booking/orders.ts";
import type { Identity } from "../../identity/identity.ts";
import type { Order } from "../../protocol/resources.ts";
import { pageAnswer } from "../../schemas/answers.ts";
import { accountPatch, ownOrdersQuery, passwordChange } from "../../schemas/me.ts";
import { ownDataAnswer, purchaseAnswer, userAnswer } from "../../schemas/people-answers.ts";
import { caller } from "../access.ts";
import { actor } from "../actor.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { ifMatch, notFound, sendDocument } from "../documents.ts";
import { pageOf, pageRequest } from "../paging.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/me";
const tags = ["account"];
const access = { classes: ["customer", "staff"] } as const;

export interface MeRoutesDeps {
  identity: Pick<Identity, "account">;
  orders: Pick<Orders, "list">;
}

/** The account of whoever asks: who they are, what they like, what they bought, and the way out. */
export function addMeRoutes(app: HttpServer, { identity: { account }, orders }: MeRoutesDeps): void {
  addAccountRoutes(app, account);
  addPasswordRoute(app, account);
  addHistoryRoutes(app, account, orders);
}

function addAccountRoutes(app: HttpServer, account: Identity["account"]): void {
  app.get(
    PATH,
    { config: { access }, schema: { tags, summary: "Who am I", ...answers({ 200: userAnswer }) } },
    async (request, reply) => {
      const user = await account.get(caller(request));
      return user === null ? sendRefusal(reply, notFound("user")) : sendDocument(reply, user);
    },
  );

  app.patch(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "Change my name, address or preferences",
        description: "What is left out stays, also of the preferences; null takes the seating away.",
        ...{ body: accountPatch, headers: changeHeaders },
        ...answers({ 200: userAnswer }, ["duplicate", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const updated = await account.update(ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.user) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "Forget me",
        description:
          "The account goes, its sessions end within 5 s; what was bought stays in the books without a name.",
        headers: changeHeaders,
        ...answers({ 204: null }, ["in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const removed = await account.remove(ifMatch(request), actor(request));
      return removed.ok ? reply.code(204).send() : sendRefusal(reply, removed);
    },
  );
}

function addPasswordRoute(app: HttpServer, account: Identity["account"]): void {
  app.put(
    `${PATH}/password`,
    {
      config: { access, limit: "logins" },
      schema: {
        tags,
        summary: "Change my password",
        description: "The account's other sessions end within 5 s; this one goes on.",
        body: passwordChange,
        ...answers({ 204: null }, ["version_conflict"]),
      },
    },
    async (request, reply) => {
      const changed = await account.changePassword(request.body, actor(request));
      return changed.ok ? reply.code(204).send() : sendRefusal(reply, changed);
    },
  );
}

function addHistoryRoutes(app: HttpServer, account: Identity["account"], orders: MeRoutesDeps["orders"]): void {
  app.get(
    `${PATH}/orders`,
    {
      config: { access },
      schema: {
        tags,
        summary: "What I bought, newest first",
        querystring: ownOrdersQuery,
        ...answers({ 200: pageAnswer(purchaseAnswer) }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, status } = request.query;
      const paged = pageRequest({ limit, cursor });
      if (!paged.ok) return sendRefusal(reply, paged);
      const listed = await orders.list({ customerId: caller(request).subjectId, status }, paged.page);
      if (!listed.ok) return sendRefusal(reply, listed);
      const items = listed.items.map((order) => toOrder(order));
      return reply.header("cache-control", "no-store").send(pageOf(items, listed.nextId));
    },
  );

  app.get(
    `${PATH}/export`,
    {
      config: { access },
      schema: { tags, summary: "All that is held about me", ...answers({ 200: ownDataAnswer }) },
    },
    async (request, reply) => {
      const exported = await account.exportData(actor(request));
      if (!exported.ok) return sendRefusal(reply, exported);
      const { data } = exported;
      reply.headers({
        "cache-control": "no-store",
        "content-disposition": `attachment; filename="butaca-${data.exportedAt.slice(0, 10)}.json"`,
      });
      return reply.send({ ...data, orders: await allOrders(request, orders) });
    },
  );
}

/** Read at once: a person's purchases of a lifetime are a handful of pages. */
const EXPORT_PAGE = 200;

async function allOrders(request: FastifyRequest, orders: MeRoutesDeps["orders"]): Promise<Order[]> {
  const { subjectId: customerId } = caller(request);
  const all: Order[] = [];
  for (let after: string | undefined; ; ) {
    const listed = await orders.list({ customerId }, { limit: EXPORT_PAGE, ...(after !== undefined && { after }) });
    if (!listed.ok) return all;
    all.push(...listed.items.map((order) => toOrder(order)));
    if (listed.nextId === null) return all;
    after = listed.nextId;
  }
}
