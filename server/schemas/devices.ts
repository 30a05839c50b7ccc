import { z } from "zod";
import { PART_STATES } from "../protocol/resources.ts";
import { line } from "./paging.ts";

const kind = z.enum(["kiosk", "box-office", "scanner"]);

export const deviceInput = z.strictObject({ name: line(120), kind });

/** A device's kind is for life: it is what its tokens may do. */
export const devicePatch = z.strictObject({ name: line(120).optional() });

const state = z.enum(PART_STATES).optional();
const health = { link: state, printer: state, paper: state, payment: state };

/** What a device says of itself; what it leaves out is not known any more. */
export const deviceReport = z.strictObject({ appVersion: line(60).optional(), ...health });

const moment = z.iso.datetime();

export const deviceAnswer = z.object({
  id: z.string(),
  version: z.int().min(1),
  createdAt: moment,
  updatedAt: moment,
  name: z.string(),
  kind,
  status: z.enum(["waiting", "active", "revoked"]),
  lastSeenAt: moment.optional(),
  appVersion: z.string().optional(),
  health: z.object(health).optional(),
  enrolmentCode: z.string().optional().meta({ description: "Shown once; works once" }),
  enrolmentExpiresAt: moment.optional(),
});
