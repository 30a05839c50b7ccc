export interface ApiAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export interface ApiOptions {
  token?: string | undefined;
  /** As it came in `Set-Cookie`; what follows the first semicolon does no harm. */
  cookie?: string;
  headers?: Record<string, string>;
}

/** Calls the API of a server. A body, also an empty object, goes as JSON. Never throws for a refusal. */
export function api(url: string) {
  return async (method: string, path: string, body?: unknown, options: ApiOptions = {}): Promise<ApiAnswer> => {
    const headers: Record<string, string> = { ...options.headers };
    if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
    if (options.cookie !== undefined) headers.cookie = options.cookie;
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") === true;
    return { status: answer.status, headers: answer.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
  };
}
