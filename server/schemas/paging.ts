import { z } from "zod";

/** Items on a page when the caller does not say. */
const LIMIT_DEFAULT = 50;
/** Most items on a page: one answer stays some hundred KB. */
const LIMIT_MAX = 200;

/** An empty parameter (`?cursor=`) counts as left out: forms send them so. */
export function orAbsent<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
}

/** A number as people write it in a query: digits alone, no `1e1`, `0x10` or spaces. */
function digits<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value),
    schema,
  );
}

/** `limit` and `cursor`, as every list takes them. */
export const pagingFields = {
  limit: orAbsent(digits(z.number().int().min(1).max(LIMIT_MAX))).transform((limit) => limit ?? LIMIT_DEFAULT),
  cursor: orAbsent(z.string().max(200)),
};
export const pageQuery = z.strictObject(pagingFields);

export const idParams = z.object({ id: z.string() });

/** What is no text: control characters but white space, and halves of characters, which not every store can keep. */
const NO_TEXT = /(?!\s)\p{Cc}|\p{Cs}/u;

/** One line of text as people type it: spaces around it are dropped. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !NO_TEXT.test(text), {
      error: "must not contain control characters",
      params: { code: "wrong_characters" },
    });

/** Years that a document may speak of: keeps times as text in the order of time. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];

/** A moment, RFC 3339 with any offset; comes out in UTC with milliseconds. */
export const moment = z.iso
  .datetime({ offset: true, error: "must be a time as in 2027-03-14T18:30:00Z" })
  .transform((text, context) => {
    const at = new Date(text);
    const year = at.getUTCFullYear();
    if (year >= FIRST_YEAR && year <= LAST_YEAR) return at.toISOString();
    context.addIssue({ code: "custom", message: `must lie between the years ${FIRST_YEAR} and ${LAST_YEAR}` });
    return z.NEVER;
  });

/** A moment in a query, where the plus sign of an offset may have come through as a space. */
export const queryMoment = orAbsent(
  z.preprocess((value) => (typeof value === "string" ? value.replace(" ", "+") : value), moment),
);
