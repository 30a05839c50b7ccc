/** What the API answers about people, for its description alone; see `answers.ts`. */
import { z } from "zod";
import { PERMISSIONS } from "../protocol/resources.ts";

const id = z.string();
const moment = z.string().meta({ format: "date-time", description: "RFC 3339 in UTC" });
const documentFields = { id, version: z.int().min(1), createdAt: moment, updatedAt: moment };
const permissions = z.array(z.enum(PERMISSIONS));

export const userAnswer = z.object({
  ...documentFields,
  name: z.string(),
  email: z.string(),
  roleIds: z.array(id),
  preferences: z.object({ genreIds: z.array(id), language: z.string(), seating: z.string().optional() }),
  status: z.enum(["active", "disabled"]),
  permissions: permissions.optional().meta({ description: "Of staff who ask about themselves" }),
});

export const roleAnswer = z.object({
  ...documentFields,
  name: z.string(),
  permissions,
  builtIn: z.boolean(),
});

export const tokenAnswer = z.object({ token: z.string(), expiresAt: moment });
export const sessionAnswer = tokenAnswer.extend({ user: userAnswer });
export const deviceSessionAnswer = tokenAnswer.extend({
  device: z.looseObject({ id, name: z.string(), kind: z.enum(["kiosk", "box-office", "scanner"]) }),
});

export const renewableAnswer = z.object({ classes: z.array(z.enum(["customer", "staff", "device"])) });

export const passwordLinkAnswer = z.object({
  code: z.string(),
  url: z.string().meta({ description: "To be handed over; opens the page where the new password is typed" }),
  expiresAt: moment,
});

const amount = z.int().min(0).meta({ description: "Minor units of the currency" });

/** A purchase, as its buyer sees it. */
export const purchaseAnswer = z.looseObject({
  id,
  version: z.int().min(1),
  number: z.string(),
  showtimeId: id,
  status: z.string(),
  total: amount,
  currency: z.string(),
  createdAt: moment,
});

export const ownDataAnswer = z.object({
  exportedAt: moment,
  account: userAnswer,
  sessions: z.array(z.object({ id, class: z.string(), renewedAt: moment, expiresAt: moment })),
  activity: z.array(
    z.object({ at: moment, action: z.string(), outcome: z.string(), count: z.int(), from: z.string().optional() }),
  ),
  orders: z.array(purchaseAnswer),
});
