import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { type FuzzReport, fuzz, hasSchemathesis } from "../support/schemathesis.ts";
import { ADMIN } from "../support/server.ts";

let server: ServerProcess;
let call: ReturnType<typeof api>;
const signIn = async () => (await call("POST", "/auth/login", ADMIN)).body.token as string;
beforeAll(async () => {
  server = await spawnServer({ DEMO: "1" });
  call = api(server.url);
});
afterAll(() => server.close());

interface Operation {
  responses: Record<string, { content?: object }>;
  security?: object[];
}

describe("the OpenAPI document", () => {
  it("[O35] says of every operation what it answers, what it refuses and whether it takes a token", async () => {
    const { body } = await call("GET", "/openapi.json");
    const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(([path, all]) =>
      Object.entries(all).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.length).toBeGreaterThan(60);
    const silent = operations.filter(({ operation: { responses, security }, name }) => {
      const statuses = Object.keys(responses);
      const isGood = statuses.some((status) => status.startsWith("2"));
      const isBad = ["400", "401", "403", "404", "429", "500", "503"].every((status) => statuses.includes(status));
      const isGuarded = security !== undefined || !name.includes("/api/");
      return !isGood || !isBad || !isGuarded;
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});

/** The caller's own session ends, and with it all that the others would find. They come last. */
const ENDS_THE_CALLER = "^/api/v1/(auth/logout|users/\\{id\\}.*|me.*)$";

describe.skipIf(!hasSchemathesis || !hasTime)("requests made out of the OpenAPI document", () => {
  // The same requests for every commit, one set that has found something; nights look further.
  const seed = Number(process.env.FUZZ_SEED ?? times(864_040, 864_040, Math.floor(Math.random() * 1_000_000)));
  const counts = { seed, examples: times(1, 12, 200), covers: times(0, 1, 1) === 1 };
  const judge = ({ ok, cases, output }: FuzzReport) => {
    console.log(`${cases} requests, FUZZ_SEED=${seed}`);
    // Bodies too long for the server are too long for the report.
    expect(ok, output.replace(/(.)\1{50,}/g, "$1...$1").slice(-20_000)).toBe(true);
    expect(cases).toBeGreaterThan(0);
  };

  it("[O35] by an administrator: no server error, nothing that the document does not know", async () => {
    const token = await signIn();
    const maxSeconds = times(15, 60, 1_200);
    judge(await fuzz({ url: server.url, token, ...counts, maxSeconds, except: ENDS_THE_CALLER }));
    expect((await call("GET", "/me", undefined, { token })).status).toBe(200);
  }, 1_500_000);

  it.skipIf(times(0, 1, 1) === 0)(
    "[O35] by nobody, and by one who may end their own session",
    async () => {
      const maxSeconds = times(5, 15, 300);
      judge(await fuzz({ url: server.url, ...counts, maxSeconds }));
      judge(await fuzz({ url: server.url, token: await signIn(), ...counts, maxSeconds, only: ENDS_THE_CALLER }));
    },
    1_500_000,
  );

  it("[O35] leaves a server that lives, and an audit that holds", async () => {
    const token = await signIn();
    expect((await call("GET", "/audit/verify", undefined, { token })).body).toMatchObject({ ok: true, open: [] });
    expect(server.output()).not.toContain('"level":50');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});
