import swagger from "@fastify/swagger";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import type { HttpServer } from "../build.ts";

const BEARER = { type: "http", scheme: "bearer", bearerFormat: "JWT" } as const;

/** Makes the OpenAPI document out of the routes: their schemas, and who may call them. */
export async function addOpenApi(app: HttpServer): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Butaca", version: "1", description: "Cinema seat booking." },
      components: { securitySchemes: { token: BEARER } },
    },
    transform: (given) => {
      const { schema, url } = jsonSchemaTransform(given);
      const access = given.route.config?.access;
      if (access === undefined) return { schema, url };
      // A token is not needed, but a wrong one is refused.
      const security: Record<string, string[]>[] = access === "public" ? [{}, { token: [] }] : [{ token: [] }];
      return { schema: { ...schema, security }, url };
    },
  });
}
