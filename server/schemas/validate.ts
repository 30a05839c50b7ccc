/**
 * Schemas of everything that comes in from outside: HTTP bodies and queries, socket payloads.
 *
 * Promises: the one source of validation, types and the OpenAPI document. Unknown fields are refused.
 * Must never import anything but `protocol`, `basics` and zod.
 */
import type { z } from "zod";
import { type FieldError, type Outcome, refuse } from "../protocol/errors.ts";

/** Judges a value by a schema. A refusal is `invalid_request` with one entry per fault, named by its path. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): Outcome<{ value: z.output<S> }> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return refuse("invalid_request", "The request is not valid", { errors: fieldErrors(parsed.error) });
}

/** More than anybody mends in one go: the answer to a body of nonsense is no bigger than the body. */
const FAULTS_MAX = 200;

/** The faults of a zod error as fields and words, the first of them where there are many; unknown keys one by one. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const faults = error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is not known here" }));
    return [{ path: path.join("."), message: issue.message }];
  });
  return faults.slice(0, FAULTS_MAX);
}
