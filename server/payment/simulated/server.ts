import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HOSTED_PAGE_POLICY, hostedPage } from "../hosted-page.ts";
import { ProviderUnavailable } from "../port.ts";
import type { SimulatedCharge, SimulatedProvider } from "./provider.ts";

/** Biggest request: a charge is some hundred bytes. */
const BODY_LIMIT_BYTES = 64 * 1024;

type Handler = (id: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The simulated provider over HTTP, for `createSimulatedClient`, for buyers' browsers and for audits of its ledger. */
export function createProviderServer(provider: SimulatedProvider): Server {
  const routes: [method: string, path: RegExp, handler: Handler][] = [
    ["POST", /^\/charges$/, async (_, request, response) => send(response, await provider.charge(await json(request)))],
    ["POST", /^\/refunds$/, async (_, request, response) => send(response, await provider.refund(await json(request)))],
    ["GET", /^\/attempts\/([^/]+)$/, async (id, _, response) => send(response, await provider.lookup(id))],
    ["POST", /^\/attempts\/([^/]+)\/cancel$/, async (id, _, response) => send(response, await provider.cancel(id))],
    ["GET", /^\/ledger$/, async (_id, _, response) => send(response, await provider.ledger())],
    ["GET", /^\/pay\/([^/]+)$/, async (id, _, response) => sendPage(response, await provider.page.view(id))],
    ["POST", /^\/pay\/([^/]+)$/, (id, request, response) => decide(provider, id, request, response)],
  ];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://provider");
    for (const [method, path, handler] of routes) {
      const match = path.exec(pathname);
      if (match !== null && request.method === method)
        return handler(decodeURIComponent(match[1] ?? ""), request, response);
    }
    response.writeHead(404).end();
  }

  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(error instanceof ProviderUnavailable ? 503 : 400);
      response.end();
    });
  });
}

async function decide(
  provider: SimulatedProvider,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const decision = new URLSearchParams(await text(request)).get("decision");
  const attempt = await provider.page.answer(id, decision === "approve");
  if (attempt === null) return sendPage(response, null);
  response.writeHead(303, { location: request.url }).end();
}

function sendPage(response: ServerResponse, attempt: Parameters<typeof hostedPage>[0] | null): void {
  if (attempt === null) return void response.writeHead(404).end();
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": HOSTED_PAGE_POLICY })
    .end(hostedPage(attempt));
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function json(request: IncomingMessage): Promise<SimulatedCharge & { refundId: string }> {
  return JSON.parse(await text(request));
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > BODY_LIMIT_BYTES) throw new Error("the request is too large");
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}
