import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { HttpServer } from "../build.ts";

/** Which app a page belongs to. Deeper paths are the apps' own and get the same page. */
const PAGES: readonly [path: string, file: string][] = [
  ["/", "kiosk/index.html"],
  ["/kiosk", "kiosk/index.html"],
  ["/admin", "admin/index.html"],
];

/** Serves the built apps from `webDir`; without a build the server is an API alone and says so in its log. */
export async function addWeb(app: HttpServer, webDir: string): Promise<void> {
  if (!existsSync(join(webDir, "kiosk/index.html"))) {
    app.log.warn("no pages built: serving the API alone");
    return;
  }
  await app.register(fastifyStatic, {
    root: join(webDir, "assets"),
    prefix: "/assets/",
    immutable: true,
    maxAge: "365d",
    index: false,
  });
  for (const [path, file] of PAGES) {
    const page = { schema: { hide: true }, logLevel: "warn" } as const;
    app.get(path, page, (_request, reply) => reply.header("cache-control", "no-cache").sendFile(file, webDir));
    if (path !== "/")
      app.get(`${path}/*`, page, (_request, reply) => reply.header("cache-control", "no-cache").sendFile(file, webDir));
  }
}
