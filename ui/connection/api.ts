/**
 * How apps reach the server: HTTP here, the socket in `link.ts`, sessions in `guest.ts` and `device.ts`.
 *
 * Promises: refusals and lost connections are values, never exceptions; a token travels in a header alone; a 401
 * renews the session once and asks again.
 * Must never import a component.
 */
import { fromProblem, type Outcome, unreachable } from "./outcome.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface CallOptions {
  body?: unknown;
  /** What `body` is when it is text that goes as it stands, as in `text/csv`; without it bodies are JSON. */
  contentType?: string;
  /** The same key with the same body is one effect, however often it is sent. */
  idempotencyKey?: string;
  /** The version that a change is made to. */
  version?: number;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Another token than the session's, or null for none. */
  token?: string | null;
}

export type Answer<T> = Outcome<{ body: T; status: number }>;

export interface Api {
  call<T>(method: Method, path: string, options?: CallOptions): Promise<Answer<T>>;
  get<T>(path: string, query?: CallOptions["query"], options?: CallOptions): Promise<Answer<T>>;
  post<T>(path: string, body: unknown, options?: CallOptions): Promise<Answer<T>>;
  patch<T>(path: string, body: unknown, version?: number): Promise<Answer<T>>;
  remove(path: string, version?: number): Promise<Answer<undefined>>;
  /** A document that is no JSON: a receipt. */
  file(path: string, accept: string): Promise<Outcome<{ blob: Blob }>>;
}

export interface ApiDeps {
  token(): string | null;
  /** Called after a 401; true when there is a new token to ask with. */
  renew(): Promise<boolean>;
  fetch?: typeof fetch;
}

const BASE = "/api/v1";
/** Longer than the server's own 2-3 s limits on its databases, shorter than a guest's patience. */
const TIMEOUT_MS = 12_000;

export function createApi(deps: ApiDeps): Api {
  const ask = deps.fetch ?? ((input, init) => fetch(input, init));

  async function send(method: Method, path: string, accept: string, options: CallOptions): Promise<Response | null> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    try {
      return await ask(BASE + path + queryText(options.query), {
        method,
        credentials: "same-origin",
        headers: headersOf(options, accept, options.token === undefined ? deps.token() : options.token),
        body: bodyOf(options),
        signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      });
    } catch {
      return null;
    }
  }

  async function sendRenewed(method: Method, path: string, accept: string, options: CallOptions) {
    const response = await send(method, path, accept, options);
    if (response?.status !== 401 || options.token !== undefined || !(await deps.renew())) return response;
    return send(method, path, accept, options);
  }

  async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const response = await sendRenewed(method, path, "application/json", options);
    if (!response) return unreachable("no answer");
    const body = await readJson(response);
    if (!response.ok) return fromProblem(response.status, body);
    return { ok: true, body: body as T, status: response.status };
  }

  return {
    call,
    get: (path, query, options) => call("GET", path, { ...options, query }),
    post: (path, body, options) => call("POST", path, { ...options, body }),
    patch: (path, body, version) => call("PATCH", path, { body, version }),
    remove: (path, version) => call("DELETE", path, { version }),
    async file(path, accept) {
      const response = await sendRenewed("GET", path, accept, {});
      if (!response) return unreachable("no answer");
      if (!response.ok) return fromProblem(response.status, await readJson(response));
      return { ok: true, blob: await response.blob() };
    },
  };
}

function bodyOf({ body, contentType }: CallOptions): string | undefined {
  if (body === undefined) return undefined;
  return contentType === undefined ? JSON.stringify(body) : String(body);
}

function headersOf(options: CallOptions, accept: string, token: string | null): Record<string, string> {
  const headers: Record<string, string> = { accept };
  if (token) headers.authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers["content-type"] = options.contentType ?? "application/json";
  if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
  if (options.version !== undefined) headers["if-match"] = `"${options.version}"`;
  return headers;
}

function queryText(query: CallOptions["query"]): string {
  if (!query) return "";
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `?${search}` : "";
}

async function readJson(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/** A new idempotency key or request id: 128 random bits. Works on plain http, where `randomUUID` does not. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
