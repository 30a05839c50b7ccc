/** The HTTP interface as a patient client uses it: what failed on the way is sent again, with the same key. */
import http from "k6/http";
import type { Problem } from "../../server/protocol/errors.ts";
import type { SessionAnswer } from "../../server/protocol/resources.ts";
import { figures } from "./figures.ts";
import { baseUrl } from "./options.ts";
import { pause, spread } from "./time.ts";

export type Answer<T> = { ok: true; status: number; body: T } | { ok: false; status: number; problem: Problem };

export interface Call {
  token?: string;
  body?: object;
  /** Makes a POST safe to repeat. */
  key?: string;
  /** How long it may take altogether, repeats included. */
  withinMs?: number;
}

const PATIENCE_MS = 40_000;
/** `GET /orders/:id?wait=20` holds its answer for 20 s. */
const ANSWER_MS = 25_000;
const RETRY_MS = 300;
/** Nobody there, too many, or a part is down: what a balancer and a server say while one of them comes or goes. */
const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);

/** Calls `/api/v1`. Never throws; after `withinMs` the last refusal is the answer. */
export async function call<T>(method: "GET" | "POST", path: string, request: Call = {}): Promise<Answer<T>> {
  const { token, body, key, withinMs = PATIENCE_MS } = request;
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (key !== undefined) headers["idempotency-key"] = key;
  // Ids and queries would make each path a series of its own
  const tags = { name: path.split("?")[0]?.replace(/[a-z]{3}_\w+/g, ":id") ?? path };
  const text = body === undefined ? null : JSON.stringify(body);
  for (const until = Date.now() + withinMs; ; ) {
    const response = await http.asyncRequest(method, `${baseUrl()}/api/v1${path}`, text, {
      headers,
      tags,
      timeout: ANSWER_MS,
    });
    const { status } = response;
    const isInProgress = status === 409 && codeOf(response.body) === "idempotency_in_progress";
    if ((PASSING.has(status) || isInProgress) && Date.now() < until) {
      figures.retries.add(1);
      await pause(1_000 * Number(response.headers["Retry-After"] ?? 0) || spread(RETRY_MS));
    } else if (status >= 200 && status < 300) return { ok: true, status, body: response.json() as T };
    else return { ok: false, status, problem: problemOf(status, response.body) };
  }
}

/** A new guest's token. Throws when guests are not let in. */
export async function newGuest(): Promise<string> {
  const guest = await call<SessionAnswer>("POST", "/auth/guest", { body: {} });
  if (!guest.ok) throw new Error(`guests are not let in: ${guest.problem.detail}`);
  return guest.body.token;
}

function problemOf(status: number, body: unknown): Problem {
  try {
    return JSON.parse(String(body)) as Problem;
  } catch {
    const code = status === 0 ? "unavailable" : "internal";
    return { type: "about:blank", title: code, status, code, detail: `no problem document: ${status}`, requestId: "" };
  }
}

function codeOf(body: unknown): string {
  return problemOf(409, body).code;
}
