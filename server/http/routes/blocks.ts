import type { z } from "zod";
import { type Blocks, toBlocks } from "../../booking/blocks.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import { blocksAnswer } from "../../schemas/answers.ts";
import { blockBody, freeQuery } from "../../schemas/blocks.ts";
import { idParams } from "../../schemas/paging.ts";
import { caller } from "../access.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { existsBy } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/showtimes/:id/blocks";
const tags = ["showtimes"];
const PUT_NOTE = [
  "All seats or none: `seat_taken` names those that are held, in payment or sold. Seats that are blocked already get the",
  "new reason, name and end. With `name` they are reserved for somebody; `until`: they go free by themselves.",
  "`showtime_closed`: a draft, or cancelled. Who may block seats may hold and sell them, too.",
].join(" ");

export interface BlockRoutesDeps {
  blocks: Blocks;
  schedule: Pick<Schedule, "documents">;
  trail: Trail;
}

/** Seats kept from sale, and reservations by name. */
export function addBlockRoutes(app: HttpServer, { blocks, schedule, trail }: BlockRoutesDeps): void {
  const exists = existsBy("showtime", schedule.documents.get);
  const config = { access: { permission: "seats:block" }, exists } as const;
  const params = idParams;

  app.get(
    PATH,
    { config, schema: { tags, summary: "List blocked seats", params, ...answers({ 200: blocksAnswer }) } },
    async (request, reply) => {
      const { id } = request.params;
      return reply.send(toBlocks(id, await blocks.list(id)));
    },
  );

  app.put(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: "Block or reserve seats",
        description: PUT_NOTE,
        ...{ params, body: blockBody },
        ...answers({ 200: blocksAnswer }, ["seat_unknown", "seat_taken", "showtime_closed"]),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const blocked = await blocks.put(id, request.body, caller(request).subjectId);
      if (!blocked.ok) return sendRefusal(reply, blocked);
      await trail(request, "showtime.block", id, toldOf(request.body));
      return reply.send(toBlocks(id, blocked.seats));
    },
  );

  app.delete(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: "Free blocked seats",
        description: "`seats=F7,F8`. Those that are not blocked are passed over.",
        ...{ params, querystring: freeQuery },
        ...answers({ 204: null }, ["seat_unknown"]),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const freed = await blocks.free(id, request.query.seats);
      if (!freed.ok) return sendRefusal(reply, freed);
      if (freed.freed.length > 0) await trail(request, "showtime.unblock", id, { seats: freed.freed });
      return reply.code(204).send();
    },
  );
}

/** Rows of the audit stay for ever, so they name nobody: whom seats are reserved for is told by the block alone. */
function toldOf({ name, ...block }: z.infer<typeof blockBody>): object {
  return { ...block, ...(name !== undefined && { reserved: true }) };
}
