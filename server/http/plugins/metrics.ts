import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { HttpServer } from "../build.ts";
import type { HealthPart } from "./health.ts";

/** One registry per server, so that several servers can live in one test process. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Serves `/metrics` for Prometheus and times every route by its pattern, method and status. */
export function addMetrics(app: HttpServer, registry: Registry): void {
  const seconds = new Histogram({
    name: "butaca_http_request_seconds",
    help: "Time to answer HTTP requests, by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 20],
    registers: [registry],
  });
  const refusals = new Counter({
    name: "butaca_http_refusals_total",
    help: "Refused HTTP requests, by code",
    labelNames: ["code"],
    registers: [registry],
  });
  refusals.inc({ code: "unavailable" }, 0);
  app.addHook("onResponse", (request, reply, done) => {
    if (reply.refusalCode !== undefined) refusals.inc({ code: reply.refusalCode });
    const route = request.routeOptions.url ?? "none";
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.get("/metrics", { logLevel: "warn", schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

/** Shows which parts can be expected to work, as `/health/ready` judges them. */
export function addHealthFigures(registry: Registry, parts: readonly HealthPart[]): void {
  new Gauge({
    name: "butaca_part_up",
    help: "Whether a part of the system can be expected to work (1) or not (0)",
    labelNames: ["part"],
    registers: [registry],
    collect() {
      for (const { name, healthy } of parts) this.set({ part: name }, healthy() ? 1 : 0);
    },
  });
}
