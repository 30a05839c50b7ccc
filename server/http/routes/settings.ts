import type { HouseSettings } from "../../schedule/settings.ts";
import { settingsInput } from "../../schemas/settings.ts";
import { can } from "../access.ts";
import type { HttpServer } from "../build.ts";
import { ifMatch, sendDocument } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/settings";
const tags = ["settings"];

export function addSettingsRoutes(app: HttpServer, { settings }: { settings: HouseSettings }): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "Read the settings of the house",
        description: "Everyone sees the cinema's name and address; the rest takes the right to write settings.",
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
        description: "What is left out stays. `salesEndMinutes` count back from the start of a showtime; below 0 sales go on after it.",
        body: settingsInput,
      },
    },
    async (request, reply) => {
      const updated = await settings.update(request.body, ifMatch(request));
      return updated.ok ? sendDocument(reply, settings.view(updated.document, true)) : sendRefusal(reply, updated);
    },
  );
}
