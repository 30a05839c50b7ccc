/** Questions to nodes that may be gone: over a connection for each, of whoever answers first. */
import { within } from "../waiting.ts";
import { makeClient } from "./client.ts";

/** One node's answer, connecting included; it fits into one attempt to connect elsewhere. */
const ANSWER_WITHIN_MS = 1_200;
/** A node that takes longer than this is slow: the next one is asked as well, and it may still be the first to answer. */
const SLOW_AFTER_MS = 200;

/**
 * Asks nodes in this order, the next one as soon as the one before has failed or is slow; the first answer
 * counts. Rejects with the last failure when all have failed.
 */
export function firstAnswer<N, T>(nodes: readonly N[], ask: (node: N) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const waiting = nodes.values();
    let unanswered = nodes.length;
    let isAnswered = false;
    let timer: NodeJS.Timeout | undefined;

    function askNext(): void {
      clearTimeout(timer);
      const { value: node, done } = waiting.next();
      if (isAnswered || done) return;
      timer = setTimeout(askNext, SLOW_AFTER_MS);
      ask(node).then(take, fail);
    }
    function take(answer: T): void {
      isAnswered = true;
      clearTimeout(timer);
      resolve(answer);
    }
    function fail(error: unknown): void {
      unanswered--;
      if (unanswered === 0) reject(error);
      else askNext();
    }
    askNext();
  });
}

/** Sends one command over a connection of its own. */
export async function askOnce(url: string, words: readonly string[]): Promise<unknown> {
  const client = makeClient({
    url,
    // Nothing is said that costs more than the question.
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: ANSWER_WITHIN_MS, reconnectStrategy: false },
  });
  client.on("error", () => {});
  try {
    return await within(
      ANSWER_WITHIN_MS,
      client.connect().then(() => client.sendCommand(words)),
      `asking ${words[0]}`,
    );
  } finally {
    client.destroy();
  }
}
