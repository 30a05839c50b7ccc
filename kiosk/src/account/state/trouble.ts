/**
 * A visitor's account in the web shop: coming in, purchases, tastes, password, data. Loaded when it is first asked
 * for, so that nobody who only buys waits for it. Never part of a kiosk.
 *
 * Must never be imported by the first screen.
 */
import type { Refusal } from "../../../../ui/connection/outcome.ts";
import type { AccountWords } from "../words/es.ts";

export type Fault = keyof AccountWords["faults"];

/** Why a form was not taken: what to say above it, and what at each field. */
export interface Trouble {
  text: keyof AccountWords["troubles"];
  fields: Readonly<Record<string, Fault>>;
}

const FAULTS = ["name", "email", "password", "newPassword", "currentPassword"] as const;
const TEXTS = [
  "unauthorized",
  "duplicate",
  "in_use",
  "rate_limited",
  "version_conflict",
  "unavailable",
  "not_found",
] as const;

/** The server's refusal in terms of a form. A field that the form does not have is told above it. */
export function troubleOf(refusal: Refusal): Trouble {
  if (refusal.code === "invalid_request" && refusal.errors?.length) {
    const fields = refusal.errors.map(({ path }) => [path, FAULTS.find((fault) => fault === path) ?? "other"] as const);
    const text = fields.some(([path]) => path === "code") ? "code" : "faults";
    return { text, fields: Object.fromEntries(fields) };
  }
  if (refusal.code === "duplicate") return { text: "duplicate", fields: {} };
  return { text: TEXTS.find((text) => text === refusal.code) ?? "other", fields: {} };
}

/** What the browser itself finds wrong with a field. */
export function faultOf(name: string, { valid, valueMissing }: Pick<ValidityState, "valid" | "valueMissing">) {
  if (valid) return null;
  return valueMissing ? "missing" : (FAULTS.find((fault) => fault === name) ?? "other");
}
