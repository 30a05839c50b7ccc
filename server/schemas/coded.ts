import { z } from "zod";
import { type CodedFault, FAULT_CODES, type FaultNumbers } from "../protocol/faults.ts";
import { fieldErrors } from "./validate.ts";

type Issue = z.core.$ZodIssue;
type Coded = Pick<CodedFault, "code" | "numbers">;

/** Judges a value by a schema, as `validate` does; each fault also says by code what it is. */
export function judgeCoded<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { ok: true; value: z.output<S> } | { ok: false; faults: CodedFault[] } {
  // With the value that was judged: nothing there is told from something of another kind.
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const { issues } = parsed.error;
  const faults = issues
    .filter((issue) => !isOutdone(issue, issues))
    .flatMap((issue) => fieldErrors(new z.ZodError([issue])).map((fault) => ({ ...fault, ...codedOf(issue) })));
  return { ok: false, faults };
}

/** Whether it only says what an integer can be at all, where the field's own limit is told, too. */
function isOutdone(issue: Issue, issues: readonly Issue[]): boolean {
  if (limitOf(issue) !== Number.MAX_SAFE_INTEGER) return false;
  const path = issue.path.join();
  return issues.some((other) => other !== issue && other.code === issue.code && other.path.join() === path);
}

function limitOf(issue: Issue): number | undefined {
  if (issue.code === "too_big") return Number(issue.maximum);
  return issue.code === "too_small" ? -Number(issue.minimum) : undefined;
}

const namedCode = z.object({ code: z.enum(FAULT_CODES) });

function codedOf(issue: Issue): Coded {
  switch (issue.code) {
    case "invalid_type":
      return { code: issue.input === undefined || issue.input === null ? "required" : "wrong_type" };
    case "too_small":
      return issue.input === "" ? { code: "required" } : sizeOf(issue.origin, "small", Number(issue.minimum));
    case "too_big":
      return sizeOf(issue.origin, "big", Number(issue.maximum));
    case "invalid_format":
      return { code: "wrong_format" };
    case "invalid_value":
      return { code: "unknown_value" };
    case "custom":
      return { code: namedCode.safeParse(issue.params).data?.code ?? "not_valid" };
    default:
      return { code: "not_valid" };
  }
}

function sizeOf(origin: string, side: "small" | "big", limit: number): Coded & { numbers: FaultNumbers } {
  const numbers = { limit };
  if (origin === "string") return { code: side === "small" ? "too_short" : "too_long", numbers };
  if (origin === "array") return { code: side === "small" ? "too_few" : "too_many", numbers };
  return { code: side === "small" ? "too_small" : "too_big", numbers };
}
