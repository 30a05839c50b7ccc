import { collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { HttpServer } from "../build.ts";

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
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.get("/metrics", { logLevel: "warn", schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
