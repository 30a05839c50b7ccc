import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

/** Two apps, one page each; `dist/web/<app>/index.html` and their hashed files under `dist/web/assets`. */
const PAGES = ["kiosk/index.html", "admin/index.html"].filter((page) => existsSync(page));

/** Where `npm run dev` serves the API while the pages come from here. */
const SERVER = process.env.BUTACA_SERVER ?? "http://127.0.0.1:3000";

/** The socket speaks websocket alone: its other transports would only weigh on the first load. */
function websocketOnly(): Plugin {
  const stub = join(import.meta.dirname, "ui/connection/websocketOnly.ts");
  return {
    name: "websocket-only",
    enforce: "pre",
    resolveId(source, importer) {
      const unused = /\/(polling-xhr(\.node)?|webtransport)\.js$/.test(source);
      return unused && importer?.includes("engine.io-client") ? stub : null;
    },
  };
}

export default defineConfig({
  appType: "mpa",
  plugins: [websocketOnly()],
  // JSX is compiled as tsconfig says: Preact's automatic runtime.
  build: {
    outDir: "dist/web",
    target: "es2022",
    // Fonts and pictures stay files: the content policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: PAGES },
  },
  server: {
    proxy: {
      "/api": SERVER,
      "/socket.io": { target: SERVER, ws: true },
    },
  },
});
