import type { HouseSettings } from "../../schedule/settings.ts";
import { settingsAnswer } from "../../schemas/answers.ts";
import { settingsInput } from "../../schemas/settings.ts";
import { can } from "../access.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { ifMatch, sendDocument } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/settings";
const tags = ["settings"];

export function addSettingsRoutes(
  app: HttpServer,
  { settings, trail }: { settings: HouseSettings; trail: Trail },
): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "Read the settings of the house",
        description: "Everyone sees the cinema's name and address; the rest takes the right to write settings.",
        ...answers({ 200: settingsAnswer }),
      },
    },
    async (request, reply) => sendDocument(reply, settings.view(await settings.read(), can(request, "settings:write"))),
  );

  app.patch(
    PATH,
    {
      config: { access: { permission: "settings:write" } },
      schema: {
        tags,
        summary: "Change settings of the house",
        description:
          "What is left out stays. `salesEndMinutes` count back from the start of a showtime; below 0 sales go on after it.",
        ...{ body: settingsInput, headers: changeHeaders },
        ...answers({ 200: settingsAnswer }, ["version_conflict"]),
      },
    },
    async (request, reply) => {
      const updated = await settings.update(request.body, ifMatch(request));
      if (!updated.ok) return sendRefusal(reply, updated);
      const { document, changed } = updated;
      if (changed) await trail(request, "settings.update", document.id, request.body);
      return sendDocument(reply, settings.view(document, true));
    },
  );
}
