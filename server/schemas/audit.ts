import { z } from "zod";
import { pagingFields, queryMoment } from "./paging.ts";

export const auditQuery = z.strictObject({ ...pagingFields, from: queryMoment, to: queryMoment });
