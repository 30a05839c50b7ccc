import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ExportFormat, FilmExport } from "../../catalogue/film-export.ts";
import type { FilmFile } from "../../catalogue/film-file.ts";
import type { FilmImport } from "../../catalogue/film-import.ts";
import { importAnswer } from "../../schemas/answers.ts";
import { exportQuery, importBody, importQuery } from "../../schemas/films.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/films";
const tags = ["films"];
const access = { permission: "catalogue:write" } as const;
/** Biggest file: some thousand films with their synopses. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

export interface FilmFileRoutesDeps {
  filmImport: FilmImport;
  filmExport: FilmExport;
  trail: Trail;
}

/** Files of films, in and out. */
export function addFilmFileRoutes(app: HttpServer, deps: FilmFileRoutesDeps): void {
  addExport(app, deps);
  // A scope of its own: CSV is taken here and nowhere else.
  app.register((scope: FastifyInstance, _options, done) => {
    scope.addContentTypeParser("text/csv", { parseAs: "buffer" }, (_request, body, parsed) =>
      parsed(null, textOf(body as Buffer)),
    );
    addImport(scope as unknown as HttpServer, deps);
    done();
  });
}

const IMPORT_NOTE = [
  "CSV with a header row of field names, separated by commas, semicolons or tabs; or a JSON array of the same.",
  "`genres` are names, in CSV separated by `|`, and made when new. A film is the same by title and release date.",
  "Columns that are left out stay as they are; an empty cell (null in JSON) takes an optional field away.",
  "Unknown columns are ignored and listed. One bad line and nothing is imported: `errors` name all of them by line,",
  "and say by `code` what is wrong there, with the `numbers` that its text names;",
  "with `skipInvalid=true` the good lines are imported and the bad ones listed. Safe to repeat.",
  "`dryRun=true` says what would happen, and changes nothing.",
].join(" ");

function addImport(app: HttpServer, { filmImport, trail }: FilmFileRoutesDeps): void {
  app.post(
    `${PATH}/import`,
    {
      bodyLimit: FILE_LIMIT_BYTES,
      config: { access },
      schema: {
        tags,
        summary: "Import films",
        description: IMPORT_NOTE,
        consumes: ["text/csv", "application/json"],
        ...{ querystring: importQuery, body: importBody },
        ...answers({ 200: importAnswer }),
      },
    },
    async (request, reply) => {
      const imported = await filmImport.run(fileOf(request.body), request.query);
      if (!imported.ok) return sendRefusal(reply, imported);
      const { created, updated, unchanged, rejected } = imported.report;
      if (!request.query.dryRun)
        await trail(request, "film.import", "films", { created, updated, unchanged, rejected: rejected.length });
      return reply.send(imported.report);
    },
  );
}

function addExport(app: HttpServer, { filmExport }: FilmFileRoutesDeps): void {
  app.get(
    `${PATH}/export`,
    {
      config: { access },
      schema: {
        tags,
        summary: "Export all films",
        description:
          "CSV, or JSON by `Accept`: what an import takes back unchanged. `excel=true`: CSV as a Spanish Excel opens it. Cells that a spreadsheet would take for a formula begin with an apostrophe.",
        querystring: exportQuery,
        ...answers({
          200: {
            description: "All films by title",
            content: { "text/csv": { schema: z.string() }, "application/json": { schema: z.array(z.unknown()) } },
          },
        }),
      },
    },
    (request, reply) => {
      const format: ExportFormat = prefersJson(request.headers.accept) ? "json" : request.query.excel ? "excel" : "csv";
      const isJson = format === "json";
      return reply
        .type(isJson ? "application/json; charset=utf-8" : "text/csv; charset=utf-8; header=present")
        .header("content-disposition", `attachment; filename="films.${isJson ? "json" : "csv"}"`)
        .header("vary", [reply.getHeader("vary"), "Accept"].filter(Boolean).join(", "))
        .send(Readable.from(filmExport.pieces(format)));
    },
  );
}

function fileOf(body: string | unknown[]): FilmFile {
  return typeof body === "string" ? { kind: "csv", text: body } : { kind: "json", items: body };
}

/** UTF-8 with or without a mark, UTF-16 with one, and else what a Windows spreadsheet writes in western Europe. */
function textOf(body: Buffer): string {
  if (body[0] === 0xff && body[1] === 0xfe) return new TextDecoder("utf-16le").decode(body);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return new TextDecoder("windows-1252").decode(body);
  }
}

/** JSON when it is asked for more than CSV is. */
function prefersJson(accept = ""): boolean {
  const asked = accept.split(",").map((part) => {
    const [type = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    return { type, q: q === undefined ? 1 : Number(q.slice(2)) };
  });
  const weight = (type: string) => Math.max(0, ...asked.filter((each) => each.type === type).map(({ q }) => q || 0));
  return weight("application/json") > weight("text/csv");
}
