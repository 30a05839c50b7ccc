import type { Identity } from "../../identity/identity.ts";
import { caller } from "../access.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendDocument } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const access = { classes: ["customer", "staff"] } as const;

/** The account of whoever asks. */
export function addMeRoutes(app: HttpServer, { identity }: { identity: Identity }): void {
  app.get(
    "/api/v1/me",
    { config: { access }, schema: { tags: ["account"], summary: "Who am I" } },
    async (request, reply) => {
      const { class: tokenClass, subjectId } = caller(request);
      const user = await identity.users.get(subjectId, { withRights: tokenClass === "staff" });
      return user === null ? sendRefusal(reply, notFound("user")) : sendDocument(reply, user);
    },
  );
}
