import { z } from "zod";
import { line } from "./paging.ts";

/** Ten characters stand against guessing at the door; more than 200 a hash should not have to chew on. */
const [PASSWORD_MIN, PASSWORD_MAX] = [10, 200];
export const newPassword = z
  .string()
  .min(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`)
  .max(PASSWORD_MAX, `must have at most ${PASSWORD_MAX} characters`);
export const email = z.email("must be an e-mail address").max(254);

const genreIds = z.array(z.string().max(64)).max(100);
/** Any language: which of them the house speaks is for whoever writes to the person to know. */
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, "must be a language as in es or en-GB");
const seating = line(200);

export const preferences = z.strictObject({
  genreIds: genreIds.default([]),
  language,
  seating: seating.optional(),
});
/** What is left out stays; null takes the seating away. */
export const preferencesPatch = z.strictObject({
  genreIds: genreIds.optional(),
  language: language.optional(),
  seating: seating.nullable().optional(),
});

export const nothing = z.strictObject({});

export const credentials = z.strictObject({ email: z.string().max(254), password: z.string().max(200) });

export const registration = z.strictObject({
  name: line(120),
  email,
  password: newPassword,
  preferences: preferences.optional(),
});

export const renewableClass = z.enum(["customer", "staff", "device"]);

export const whichSession = z.strictObject({ class: renewableClass.optional() });

export const enrolmentCode = z.strictObject({ code: z.string().min(1).max(40) });

/** Any text may be somebody's address: whether it is one is nobody's business here. */
export const passwordRequest = z.strictObject({ email: z.string().min(1).max(254) });
export const passwordReset = z.strictObject({ code: z.string().min(1).max(200), password: newPassword });
