/**
 * The process: configuration, build, listen, signals. Promises: exit 1 with one clear line when it
 * can't start, exit 0 within 10 s of SIGTERM. Imported by nothing.
 */
import closeWithGrace from "close-with-grace";
import { readConfig, StartRefused } from "./config.ts";

/** Longest that SIGTERM may take: service managers kill after 10 s. */
const CLOSE_WITHIN_MS = 9_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // Loaded after the configuration was read: a wrong variable is told at once.
  const { buildApp } = await import("./app.ts");
  const app = await buildApp(config);
  closeWithGrace({ delay: CLOSE_WITHIN_MS, logger: false }, async ({ err }) => {
    if (err !== undefined) app.http.log.fatal({ err }, "an error that nobody caught");
    await app.close();
  });
  const address = await app.listen();
  app.http.log.info(`listening on ${address}`);
  // For a person who started it by hand; a service manager reads the log alone
  if (process.stdout.isTTY)
    process.stdout.write(`\nshop  ${address}/\nkiosk ${address}/kiosk\nstaff ${address}/admin\n\n`);
}

main().catch((error: Error & { code?: string }) => {
  process.stderr.write(`butaca: ${startProblem(error)}\n`);
  process.exit(1);
});

function startProblem(error: Error & { code?: string }): string {
  if (error instanceof StartRefused) return error.message;
  if (error.code === "EADDRINUSE") return "PORT: is in use by another program";
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") return "HOST: is not an address of this machine";
  if (error.code === "EACCES") return `PORT or DATA_DIR: ${error.message}`;
  return error.stack ?? error.message;
}
