import type { FastifyReply, FastifyRequest } from "fastify";
import type { DocumentPage, PageRequest } from "../catalogue/documents.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import { pageOf, pageRequest } from "./paging.ts";
import { sendRefusal } from "./plugins/problems.ts";

/** What the answers of every managed document have in common: refusals, `ETag`, `Location`, pages. */

interface Versioned {
  id?: string;
  version: number;
}

/** One document with its version as `ETag`. */
export function sendDocument(reply: FastifyReply, document: Versioned): FastifyReply {
  return reply.header("etag", `"${document.version}"`).send(document);
}

/** A new document, found from now on at `<collection>/<id>`. */
export function sendCreated(reply: FastifyReply, collection: string, document: Versioned): FastifyReply {
  return sendDocument(reply.code(201).header("location", `${collection}/${document.id}`), document);
}

/** The answer to an id that points at nothing, or at nothing for this caller. */
export function notFound(noun: string): Refusal {
  return refuse("not_found", `There is no such ${noun}`);
}

/** For `exists` of a route at `<collection>/:id`: 404 where `find` has nothing by that id. */
export function existsBy(
  noun: string,
  find: (id: string) => Promise<object | null>,
): (request: FastifyRequest) => Promise<Refusal | null> {
  return async ({ params }) => ((await find(idOf(params))) === null ? notFound(noun) : null);
}

/** The id in a path, also where its shape is not judged yet. */
export function idOf(params: unknown): string {
  return (params as { id: string }).id;
}

/** One page of a list; `view` shows the documents of the whole page at once. */
export async function sendPage<D, V>(
  reply: FastifyReply,
  query: { limit: number; cursor?: string | undefined },
  list: (page: PageRequest) => Promise<Outcome<DocumentPage<D>>>,
  view: (documents: D[]) => Promise<V[]> | V[],
): Promise<FastifyReply> {
  const request = pageRequest(query);
  if (!request.ok) return sendRefusal(reply, request);
  const page = await list(request.page);
  if (!page.ok) return sendRefusal(reply, page);
  return reply.send(pageOf(await view(page.items), page.nextCursor));
}

/**
 * The version that `If-Match` demands: null when there is none or `*`. A tag that is not one of ours, or weak,
 * demands a version that no document has.
 */
export function ifMatch(request: FastifyRequest): number | null {
  const header = request.headers["if-match"]?.trim();
  if (header === undefined || header === "*") return null;
  const tag = /^"(\d{1,15})"$/.exec(header)?.[1];
  return tag === undefined ? -1 : Number(tag);
}
