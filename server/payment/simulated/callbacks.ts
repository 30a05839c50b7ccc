/** Callbacks: how the provider says, signed, that something happened to an attempt. */
import { createHmac, timingSafeEqual } from "node:crypto";

const TIMESTAMP_HEADER = "simulated-timestamp";
const SIGNATURE_HEADER = "simulated-signature";

/** A callback older (or younger) than this is refused: a recorded one can't be played back for ever. */
const TOLERANCE_MS = 5 * 60 * 1000;

export interface Callback {
  body: string;
  headers: Record<string, string>;
}

/** The callback for an attempt, signed over its time and body. */
export function signCallback(secret: string, attemptId: string, status: string, now: number): Callback {
  const body = JSON.stringify({ attemptId, status });
  const timestamp = String(now);
  return {
    body,
    headers: {
      "content-type": "application/json",
      [TIMESTAMP_HEADER]: timestamp,
      [SIGNATURE_HEADER]: signatureOf(secret, timestamp, body),
    },
  };
}

/** The attempt a callback speaks of; null unless the signature holds, is recent, and the body makes sense. */
export function readCallback(
  secret: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): { attemptId: string } | null {
  const timestamp = headers[TIMESTAMP_HEADER] ?? "";
  const signature = headers[SIGNATURE_HEADER] ?? "";
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_MS) return null;
  const text = Buffer.from(body).toString("utf8");
  if (!sameText(signature, signatureOf(secret, timestamp, text))) return null;
  return parse(text);
}

function parse(text: string): { attemptId: string } | null {
  try {
    const { attemptId } = JSON.parse(text) as { attemptId?: unknown };
    return typeof attemptId === "string" ? { attemptId } : null;
  } catch {
    return null;
  }
}

function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
