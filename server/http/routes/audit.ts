import type { Audit } from "../../audit/audit.ts";
import { auditPage, auditQuery, auditReport } from "../../schemas/audit.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { sendPage } from "../documents.ts";

const PATH = "/api/v1/audit";
const tags = ["audit"];
const access = { permission: "audit:read" } as const;

const LIST_NOTE =
  "Conditions may be combined; `from` is inclusive, `to` exclusive. Anchors are shown when `action=audit.anchor` asks for them.";
const VERIFY_NOTE =
  "Finds rows that were changed, taken out or cut off, and names the first place in each chain. Takes time in proportion to all rows.";

export function addAuditRoutes(app: HttpServer, { audit }: { audit: Audit }): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "Who did what, newest first",
        description: LIST_NOTE,
        querystring: auditQuery,
        ...answers({ 200: auditPage }),
      },
    },
    (request, reply) => {
      const { limit: _limit, cursor: _cursor, ...query } = request.query;
      return sendPage(
        reply,
        request.query,
        (page) => audit.list({ ...page, ...query }),
        (rows) => rows,
      );
    },
  );

  app.get(
    `${PATH}/verify`,
    {
      config: { access },
      schema: {
        tags,
        summary: "Recompute every chain of rows",
        description: VERIFY_NOTE,
        ...answers({ 200: auditReport }),
      },
    },
    () => audit.verify(),
  );
}
