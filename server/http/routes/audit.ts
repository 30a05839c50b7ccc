import type { Audit } from "../../audit/audit.ts";
import { auditQuery } from "../../schemas/audit.ts";
import type { HttpServer } from "../build.ts";
import { sendPage } from "../documents.ts";

const PATH = "/api/v1/audit";
const tags = ["audit"];
const access = { permission: "audit:read" } as const;

export function addAuditRoutes(app: HttpServer, { audit }: { audit: Audit }): void {
  app.get(
    PATH,
    { config: { access }, schema: { tags, summary: "Who did what, newest first", querystring: auditQuery } },
    (request, reply) => {
      const { from, to } = request.query;
      return sendPage(
        reply,
        request.query,
        (page) => audit.list({ ...page, from, to }),
        (rows) => rows,
      );
    },
  );

  app.get(`${PATH}/verify`, { config: { access }, schema: { tags, summary: "Recompute every chain of rows" } }, () =>
    audit.verify(),
  );
}
