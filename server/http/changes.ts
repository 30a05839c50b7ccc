import type { FastifyReply } from "fastify";
import type { z } from "zod";
import type { Updated } from "../catalogue/documents.ts";
import type { ErrorCode, Outcome } from "../protocol/errors.ts";
import type { Permission } from "../protocol/resources.ts";
import { idParams } from "../schemas/paging.ts";
import { answers, changeHeaders } from "./answers.ts";
import type { HttpServer } from "./build.ts";
import { existsBy, idOf, ifMatch, sendDocument } from "./documents.ts";
import { sendRefusal } from "./plugins/problems.ts";
import type { Trail } from "./trail.ts";

/** What can be changed and deleted at `<path>/:id`, and how. */
export interface Changeable<D, I> {
  path: string;
  tags: string[];
  /** What people call one, as in "a ticket type"; in the trail, `ticket-type.update`. */
  noun: string;
  permission: Permission;
  find(id: string): Promise<D | null>;
  body: z.ZodType<I>;
  update(id: string, ifVersion: number | null, input: I): Promise<Updated<D>>;
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  view(document: D): unknown;
  answer: z.ZodType;
  trail: Trail;
  /** What a reader should know of the two, besides what holds for all. */
  updateNote?: string;
  removeNote?: string;
  /** What a change may be refused for, besides what all may. */
  codes?: readonly ErrorCode[];
  /** Called when a change is made, before it is answered. */
  onChanged?(document: D, input: I): Promise<void>;
  onRemoved?(id: string): Promise<void>;
}

const PARTIAL = "What is left out stays; null takes an optional field away.";
const VERSIONED = "With `If-Match`, only if nobody has changed it since that version.";

/** Adds PATCH and DELETE: the same for everything that is managed, each with its own rules behind it. */
export function addChangeRoutes<D extends { id: string; version: number }, I extends object>(
  app: HttpServer,
  resource: Changeable<D, I>,
): void {
  const { path, tags, noun, trail } = resource;
  const config = { access: { permission: resource.permission }, exists: existsBy(noun, resource.find) };
  const action = noun.replaceAll(" ", "-");

  app.patch(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        summary: `Change ${article(noun)}`,
        description: note(PARTIAL, VERSIONED, resource.updateNote),
        ...{ params: idParams, body: resource.body, headers: changeHeaders },
        ...answers({ 200: resource.answer }, ["duplicate", "in_use", "version_conflict", ...(resource.codes ?? [])]),
      },
    },
    async (request, reply) => {
      const input = request.body as I;
      const updated = await resource.update(idOf(request.params), ifMatch(request), input);
      if (!updated.ok) return sendRefusal(reply, updated);
      const { document, changed } = updated;
      if (changed) await trail(request, `${action}.update`, document.id, input);
      if (changed) await resource.onChanged?.(document, input);
      return sendView(reply, document, await resource.view(document));
    },
  );

  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        summary: `Delete ${article(noun)}`,
        description: note(VERSIONED, resource.removeNote),
        ...{ params: idParams, headers: changeHeaders },
        ...answers({ 204: null }, ["in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const id = idOf(request.params);
      const removed = await resource.remove(id, ifMatch(request));
      if (!removed.ok) return sendRefusal(reply, removed);
      await trail(request, `${action}.delete`, id);
      await resource.onRemoved?.(id);
      return reply.code(204).send();
    },
  );
}

function sendView(reply: FastifyReply, { version }: { version: number }, view: unknown): FastifyReply {
  return sendDocument(reply, { ...(view as object), version });
}

const article = (noun: string) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

const note = (...sentences: (string | undefined)[]) => sentences.filter(Boolean).join(" ");
