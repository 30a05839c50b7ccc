/**
 * One document in a form: what is typed, what is wrong, who was faster.
 *
 * Promises: a save sends only the fields that were changed, tied to the version they were changed from; faults stand at
 * their fields; nothing typed is ever lost by a refusal.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { FieldError } from "../../../server/protocol/errors.ts";
import type { Answer } from "../../../ui/connection/api.ts";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import type { Managed, Resource } from "./resource.ts";

/** A field's value as it is edited. */
export type FieldValue = string | boolean | readonly unknown[] | Readonly<Record<string, unknown>>;
export type Values = Readonly<Record<string, FieldValue>>;
export type Body = Record<string, unknown>;

export type FormStatus<D> =
  | { status: "editing" }
  | { status: "saving" }
  /** Refused for another reason than a fault of a field. */
  | { status: "refused"; refusal: Refusal }
  /** Somebody has changed it meanwhile: `theirs` is how it is now. */
  | { status: "conflict"; theirs: D };

export interface FormSpec<D extends Managed, V extends Values> {
  resource: Pick<Resource<D>, "get" | "create" | "change">;
  /** A document as it is edited; null: a new one. */
  valuesOf(document: D | null): V;
  /** What the API takes of these values; undefined leaves a field out (and takes it away where it was). */
  bodyOf(values: V): Body;
  /** The partial change as it is sent, where it is more than the fields that differ. */
  patchOf?(part: Body, values: V): Body;
  /** Where a fault that the server found stands, and the name of its text, where that is not its path and message. */
  faultOf?(fault: FieldError, values: V): { field: string; text?: string } | undefined;
  /** Faults that need no server, by field: each the name of its text. */
  faultsOf?(values: V): Record<string, string>;
}

export interface Form<D extends Managed, V extends Values> {
  /** The document that is edited, as it was read; null: a new one. */
  base: ReadonlySignal<D | null>;
  values: ReadonlySignal<V>;
  /** What is wrong, by field. */
  faults: ReadonlySignal<Readonly<Record<string, string>>>;
  status: ReadonlySignal<FormStatus<D>>;
  /** Counts the saves that faults stopped: each calls for a look at the first one. */
  stops: ReadonlySignal<number>;
  isChanged: ReadonlySignal<boolean>;
  /** Names of the fields that differ between two states of it. */
  differing(one: V, other: V): string[];
  valuesOf(document: D | null): V;
  set(part: Partial<V>): void;
  /** The document as saved, or null when it was refused; why is in `faults` or `status`. */
  save(): Promise<D | null>;
  /** Throws the changes away and goes on with what is stored. */
  takeTheirs(): void;
  /** Saves one's changed fields over what is stored; what others changed elsewhere stays. */
  saveOver(): Promise<D | null>;
  /**
   * Takes the last save back, while nobody has changed it since; null when there is none to take back. Creating is
   * not taken back.
   */
  undo: ReadonlySignal<(() => Promise<Answer<D>>) | null>;
  /** Back to asking nothing. */
  dismiss(): void;
  /** Goes on from this document: as if just read. */
  restart(document: D | null): void;
}

/** Of a path like `genreIds.0` or `prices.3.amount`, the field it lies in. */
export function fieldOfPath(path: string): string {
  return path.split(".")[0] ?? path;
}

/** What of `now` differs from `before`, as a partial change: null takes away. */
export function changedPart(before: Body, now: Body): Body {
  const part: Body = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)]))
    if (!isSame(before[key], now[key])) part[key] = now[key] === undefined ? null : now[key];
  return part;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

export function createForm<D extends Managed, V extends Values>(spec: FormSpec<D, V>, document: D | null): Form<D, V> {
  const base = signal(document);
  const values = signal(spec.valuesOf(document));
  const faults = signal<Readonly<Record<string, string>>>({});
  const status = signal<FormStatus<D>>({ status: "editing" });
  const stops = signal(0);
  const undo = signal<(() => Promise<Answer<D>>) | null>(null);
  const bodyOfDocument = (of: D | null) => spec.bodyOf(spec.valuesOf(of));

  function restart(next: D | null): void {
    base.value = next;
    values.value = spec.valuesOf(next);
    faults.value = {};
    status.value = { status: "editing" };
  }

  function refused(refusal: Refusal): null {
    const found: Record<string, string> = {};
    for (const fault of refusal.errors ?? []) {
      const { field, text } = spec.faultOf?.(fault, values.peek()) ?? { field: fieldOfPath(fault.path) };
      found[field] ??= text ?? fault.message;
    }
    const isAtFields = Object.keys(found).some((field) => field in values.peek());
    faults.value = found;
    status.value = isAtFields ? { status: "editing" } : { status: "refused", refusal };
    stops.value += 1;
    return null;
  }

  async function send(onto: D | null): Promise<Answer<D>> {
    const now = spec.bodyOf(values.peek());
    if (onto === null) return spec.resource.create(now);
    // Always measured from what was read first: these are the changes of this hand alone.
    const part = changedPart(bodyOfDocument(base.peek()), now);
    return spec.resource.change(onto.id, spec.patchOf?.(part, values.peek()) ?? part, onto.version);
  }

  async function save(onto: D | null): Promise<D | null> {
    const own = spec.faultsOf?.(values.peek()) ?? {};
    faults.value = own;
    if (Object.keys(own).length > 0) {
      status.value = { status: "editing" };
      stops.value += 1;
      return null;
    }
    status.value = { status: "saving" };
    const answer = await send(onto);
    if (answer.ok) {
      undo.value = onto === null ? null : wayBack(onto, answer.body);
      restart(answer.body);
      return answer.body;
    }
    if (answer.code !== "version_conflict" || onto === null) return refused(answer);
    const theirs = await spec.resource.get(onto.id);
    if (!theirs.ok) return refused(theirs);
    status.value = { status: "conflict", theirs: theirs.body };
    return null;
  }

  function wayBack(before: D, after: D): () => Promise<Answer<D>> {
    const part = changedPart(bodyOfDocument(after), bodyOfDocument(before));
    return () => spec.resource.change(after.id, spec.patchOf?.(part, spec.valuesOf(before)) ?? part, after.version);
  }

  return {
    base,
    values,
    stops,
    undo,
    faults,
    status,
    isChanged: computed(() => !isSame(values.value, spec.valuesOf(base.value))),
    differing: (one, other) => Object.keys(changedPart(one, other)),
    valuesOf: spec.valuesOf,
    set(part) {
      values.value = { ...values.peek(), ...part };
      const rest = { ...faults.peek() };
      for (const key of Object.keys(part)) delete rest[key];
      faults.value = rest;
    },
    save: () => (status.peek().status === "saving" ? Promise.resolve(null) : save(base.peek())),
    takeTheirs() {
      const now = status.peek();
      if (now.status === "conflict") restart(now.theirs);
    },
    async saveOver() {
      const now = status.peek();
      return now.status === "conflict" ? save(now.theirs) : null;
    },
    dismiss() {
      status.value = { status: "editing" };
    },
    restart,
  };
}
