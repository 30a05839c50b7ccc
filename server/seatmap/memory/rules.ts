/**
 * The rules of the seat map, one function per command: what it refuses, and what it does to a book.
 *
 * Promises: deterministic (book, moment and command in; book and answer out), all or nothing: a rule
 * refuses before its first change. This is also the model that other adapters are compared with.
 * Must never import anything but `protocol` and the port; no I/O, no clock, no randomness.
 */
export * from "./holding.ts";
export * from "./looking.ts";
export type { RuleAnswer, RuleRefusal } from "./parts.ts";
export { beginPayment, endPayment } from "./paying.ts";
export { finishLoad, record, settle } from "./settling.ts";
