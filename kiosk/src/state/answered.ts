import type { ErrorCode, Outcome } from "../../../ui/connection/outcome.ts";

const RETRY_MS = 2_000;
/** Refusals that say nothing about the question: it is asked again. */
const LATER: ReadonlySet<ErrorCode> = new Set(["unavailable", "internal", "rate_limited"]);

/** Asks until there is an answer that means something: for ever, while the server cannot be reached. */
export async function untilAnswered<T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  for (;;) {
    const answer = await ask();
    if (answer.ok || !LATER.has(answer.code)) return answer;
    await new Promise((done) => setTimeout(done, answer.retryAfterMs ?? RETRY_MS));
  }
}
