import { z } from "zod";
import { line } from "./paging.ts";

/** At least eight characters, as NIST advises; at most what a hash should chew on. */
export const newPassword = z.string().min(8, "must have at least 8 characters").max(200);
export const email = z.email("must be an e-mail address").max(254);

export const preferences = z.strictObject({
  genreIds: z.array(z.string().max(64)).max(100).default([]),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, "must be a language as in es or en-GB"),
  seating: line(200).optional(),
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
