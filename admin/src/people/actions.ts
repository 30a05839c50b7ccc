import type { Language } from "../../../ui/words/language.ts";
import { type ActionWords, actionWords } from "./actionWords.ts";

/** Parts of an address that are not called as what they hold. */
const NOUNS: Readonly<Record<string, string>> = { me: "account", settings: "settings" };
const VERBS: Readonly<Record<string, string>> = {
  GET: "read",
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
};

/**
 * One name for what was done, however the audit calls it: `film.update`, `PATCH /api/v1/films/:id`, which was refused
 * at the door, or `socket seats:hold`.
 */
export function nameOfAction(action: string): string {
  if (action.startsWith("socket ")) return action.slice("socket ".length);
  const [method = "", path = ""] = action.split(" ");
  const verb = VERBS[method];
  if (verb === undefined) return action;
  const [root = "", ...below] = path
    .replace("/api/v1/", "")
    .split("/")
    .filter((part) => !part.startsWith(":"));
  const noun = NOUNS[root] ?? root.replace(/s$/, "");
  return `${noun}.${below.at(-1) ?? verb}`;
}

/** What an action of the audit is in words; undefined: it has none, and its code must do. */
export function actionText(action: string, words: ActionWords): string | undefined {
  const name = nameOfAction(action);
  const whole = words.acts[name];
  if (whole !== undefined) return whole;
  const [noun = "", verb = ""] = name.split(".");
  const of = words.nouns[noun];
  return of && words.verbs[verb]?.(of);
}

/** Actions that are looked for, as the audit keeps them, with their words; in the order of their words. */
export function offeredActions(language: Language): { action: string; text: string }[] {
  const words = actionWords[language];
  return KEPT.map((action) => ({ action, text: actionText(action, words) ?? action })).sort((a, b) =>
    a.text.localeCompare(b.text, language),
  );
}

/** The offered action with these words or this code. */
export function actionMeant(typed: string, language: Language): string | undefined {
  const wanted = typed.trim();
  const isSame = (text: string) => text.localeCompare(wanted, language, { sensitivity: "base" }) === 0;
  return offeredActions(language).find(({ action, text }) => isSame(text) || isSame(action))?.action;
}

const MANAGED = ["film", "genre", "price-list", "ticket-type", "auditorium", "showtime", "user", "role"];
const KEPT: readonly string[] = [
  ...MANAGED.flatMap((noun) => [`${noun}.create`, `${noun}.update`, `${noun}.delete`]),
  ...["film.import", "showtime.copy", "showtime.block", "showtime.unblock", "settings.update", "user.password-link"],
  ...["order.create", "order.cancel", "order.amend", "order.lookup"],
  ...["device.create", "device.update", "device.code", "device.enrol", "device.revoke"],
  ...["account.update", "account.password", "account.password-letter", "account.password-reset"],
  ...["account.export", "account.delete", "session.renew", "sign-in"],
];
