import type { ScheduleCheck } from "../../schedule/check.ts";
import type { ScheduleCopies } from "../../schedule/copies.ts";
import { copyAnswer, showtimeCheckAnswer } from "../../schemas/answers.ts";
import { copyBody, showtimeCheck } from "../../schemas/showtimes.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/showtimes";
const tags = ["showtimes"];
const access = { permission: "showtimes:write" } as const;
const COPY = [
  "A day lasts from 06:00 to 06:00 by the cinema's clocks: its late show goes with it.",
  "Times of day stay what they are across clock changes. Prices are made anew by their price list where there is one.",
  "All or nothing, unless `skipConflicts`: `schedule_conflict` carries `conflicts`, every showtime that finds no place.",
  "What is there already is skipped, so it is safe to repeat. `dryRun` changes nothing and answers the conflicts.",
].join(" ");

export interface ScheduleRoutesDeps {
  check: ScheduleCheck;
  copies: ScheduleCopies;
  trail: Trail;
  /** Tells whoever watches; never fails. */
  tell(showtimeId: string): Promise<void>;
}

/** The schedule as a whole: conflicts before anything is saved, days and weeks copied. */
export function addScheduleRoutes(app: HttpServer, { check, copies, trail, tell }: ScheduleRoutesDeps): void {
  app.post(
    `${PATH}/check`,
    {
      config: { access, audit: "none" },
      schema: {
        tags,
        summary: "What would stand in a showtime's way, and what it would cost",
        description: "Changes nothing. `showtimeId`: it is this one that would be changed.",
        body: showtimeCheck,
        ...answers({ 200: showtimeCheckAnswer }),
      },
    },
    async (request, reply) => reply.send(await check.check(request.body)),
  );

  app.post(
    `${PATH}/copy`,
    {
      config: { access },
      schema: {
        tags,
        summary: "Copy a day or a week of the schedule",
        description: COPY,
        body: copyBody,
        ...answers({ 200: copyAnswer }, ["schedule_conflict"]),
      },
    },
    async (request, reply) => {
      const { body } = request;
      const copied = await copies.copy(body);
      if (!copied.ok) return sendRefusal(reply, copied);
      const { answer, ids } = copied;
      if (ids.length > 0) await trail(request, "showtime.copy", body.to, { ...body, created: ids.length });
      for (const id of ids) await tell(id);
      return reply.send(answer);
    },
  );
}
