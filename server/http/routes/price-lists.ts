import type { PriceLists } from "../../schedule/price-lists.ts";
import { pageAnswer, priceListAnswer, quoteAnswer } from "../../schemas/answers.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { priceListInput, priceListPatch, quoteBody } from "../../schemas/price-lists.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { existsBy, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/price-lists";
const tags = ["price lists"];
const access = { permission: "showtimes:write" } as const;
const RULES = [
  "For each zone and ticket type the first rule that fits counts: `days` of the week, and a start `before` a time, by the",
  "cinema's clocks; what starts before 06:00 belongs to the evening before. Surcharges are added to every price of a",
  "showtime that has the attribute.",
].join(" ");

export interface PriceListRoutesDeps {
  priceLists: PriceLists;
  currency: string;
  trail: Trail;
}

export function addPriceListRoutes(app: HttpServer, deps: PriceListRoutesDeps): void {
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps);
  addQuoteRoute(app, deps);
}

function addReadingRoutes(app: HttpServer, { priceLists }: PriceListRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "List price lists by name",
        querystring: pageQuery,
        ...answers({ 200: pageAnswer(priceListAnswer) }),
      },
    },
    (request, reply) => sendPage(reply, request.query, priceLists.list, (documents) => documents.map(priceLists.view)),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access },
      schema: {
        tags,
        summary: "Read a price list",
        description: RULES,
        params: idParams,
        ...answers({ 200: priceListAnswer }),
      },
    },
    async (request, reply) => {
      const found = await priceLists.documents.get(request.params.id);
      return found === null ? sendRefusal(reply, notFound("price list")) : sendDocument(reply, priceLists.view(found));
    },
  );
}

function addChangingRoutes(app: HttpServer, { priceLists, trail }: PriceListRoutesDeps): void {
  app.post(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "Add a price list",
        description: RULES,
        body: priceListInput,
        ...answers({ 201: priceListAnswer }, ["duplicate"]),
      },
    },
    async (request, reply) => {
      const created = await priceLists.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "price-list.create", created.document.id, request.body);
      return sendCreated(reply, PATH, priceLists.view(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "price list", ...access, trail },
    find: priceLists.documents.get,
    ...{ body: priceListPatch, update: priceLists.update, remove: priceLists.remove },
    ...{ view: priceLists.view, answer: priceListAnswer },
    updateNote:
      "Showtimes keep the prices that they were given; name the list in them again to give them the new ones.",
    removeNote: "`in_use` while a showtime has its prices from it.",
  });
}

function addQuoteRoute(app: HttpServer, { priceLists, currency }: PriceListRoutesDeps): void {
  const find = priceLists.documents.get;
  app.post(
    `${PATH}/:id/quote`,
    {
      config: {
        access,
        audit: "none",
        exists: existsBy("price list", find),
      },
      schema: {
        tags,
        summary: "The prices that a showtime would get",
        description: "Changes nothing.",
        ...{ params: idParams, body: quoteBody },
        ...answers({ 200: quoteAnswer }),
      },
    },
    async (request, reply) => {
      const list = await find(request.params.id);
      if (list === null) return sendRefusal(reply, notFound("price list"));
      const quoted = priceLists.quote(list, request.body);
      return quoted.ok ? reply.send({ currency, prices: quoted.prices }) : sendRefusal(reply, quoted);
    },
  );
}
