import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Settlement } from "../../booking/settlement.ts";
import { HOSTED_PAGE_POLICY, hostedPage } from "../../payment/hosted-page.ts";
import type { HostedAttempt, HostedPage, PaymentProvider } from "../../payment/port.ts";
import { refuse } from "../../protocol/errors.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { notFound } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

export interface PaymentRoutesDeps {
  provider: PaymentProvider;
  settlement: Pick<Settlement, "drive">;
  /** The provider's page, where the provider has us serve it. */
  page?: HostedPage | undefined;
}

/** A callback is some hundred bytes. */
const CALLBACK_LIMIT_BYTES = 64 * 1024;

/** What providers and buyers on their pages ask for. */
export function addPaymentRoutes(app: HttpServer, deps: PaymentRoutesDeps): void {
  addCallbackRoute(app, deps);
  if (deps.page !== undefined) addHostedPage(app, deps.page);
}

/**
 * Takes a signed callback. It is believed in one thing only: that it is worth asking the provider how the attempt
 * stands. So it may come late, five times, or in any order. False: its signature does not hold.
 */
export async function takeCallback(
  { provider, settlement }: Pick<PaymentRoutesDeps, "provider" | "settlement">,
  body: Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const callback = provider.readCallback(body, headers);
  if (callback === null) return false;
  const { attemptId } = callback;
  await settlement.drive(attemptId.split(":")[0] ?? "", await provider.lookup(attemptId));
  return true;
}

function addCallbackRoute(app: HttpServer, deps: PaymentRoutesDeps): void {
  // A scope of its own: the signature covers the bytes as they came.
  void app.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: CALLBACK_LIMIT_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(
      "/api/v1/payments/webhooks/:provider",
      {
        config: { access: "public", audit: "none" },
        schema: {
          tags: ["payments"],
          summary: "Signed callbacks of the payment provider",
          params: z.object({ provider: z.string() }),
          ...answers({ 204: null }),
        },
      },
      async (request, reply) => {
        const { provider } = request.params as { provider: string };
        if (provider !== deps.provider.name) return sendRefusal(reply, notFound("provider"));
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const taken = await takeCallback(deps, body, request.headers as Record<string, string | undefined>);
        return taken ? reply.code(204).send() : sendRefusal(reply, NOT_SIGNED);
      },
    );
    ready();
  });
}

const NOT_SIGNED = refuse("unauthorized", "The signature does not hold");

function addHostedPage(app: HttpServer, page: HostedPage): void {
  const params = z.object({ attemptId: z.string().max(100) });
  const path = "/pay/simulated/:attemptId";
  void app.register((scope, _options, ready) => {
    scope.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
    );
    scope.get(path, { schema: { hide: true, params } }, async (request, reply) =>
      sendHosted(reply, await page.view((request.params as z.infer<typeof params>).attemptId)),
    );
    scope.post(path, { schema: { hide: true, params } }, async (request, reply) => {
      const decision = (request.body as { decision?: string } | undefined)?.decision;
      const { attemptId } = request.params as z.infer<typeof params>;
      const attempt = await page.answer(attemptId, decision === "approve");
      return attempt === null ? sendHosted(reply, null) : reply.redirect(request.url, 303);
    });
    ready();
  });
}

function sendHosted(reply: FastifyReply, attempt: HostedAttempt | null): FastifyReply {
  if (attempt === null) return sendRefusal(reply, notFound("payment"));
  reply.headers({ "content-security-policy": HOSTED_PAGE_POLICY, "cache-control": "no-store" });
  return reply.type("text/html; charset=utf-8").send(hostedPage(attempt));
}
