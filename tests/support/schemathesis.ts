/**
 * Schemathesis: makes requests out of the OpenAPI document, good and bad ones, and judges the answers by it.
 *
 * Where it is missing, `hasSchemathesis` is false and suites skip (counted); under CI they fail. `.ci/run` puts it into
 * an environment of its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = new URL("../../.cache/schemathesis/bin/schemathesis", import.meta.url).pathname;

/** For `describe.skipIf(!hasSchemathesis)`. */
export const hasSchemathesis: boolean = existsSync(PROGRAM);
if (!hasSchemathesis && process.env.CI) throw new Error("there is no schemathesis, and CI must not skip");

/** No server error, and no status, type or body that the document does not know. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

export interface FuzzOptions {
  url: string;
  token?: string;
  seed: number;
  /** Cases that are made up for each operation, besides those that cover its schema. */
  examples: number;
  /** Whether to cover each schema systematically, too: some forty cases for each operation. */
  covers: boolean;
  maxSeconds: number;
  /** Paths as in the document; matched as regular expressions. */
  only?: string;
  except?: string;
}

export interface FuzzReport {
  ok: boolean;
  /** Requests sent. */
  cases: number;
  output: string;
}

/** Runs it once. Safe to repeat: the same seed makes the same cases on the same document. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const folder = await mkdtemp(join(tmpdir(), "butaca-fuzz-"));
  const args = [
    ...["run", `${options.url}/api/v1/openapi.json`, "--checks", CHECKS.join(","), "--seed", String(options.seed)],
    ...["--phases", options.covers ? "coverage,fuzzing" : "fuzzing", "--max-examples", String(options.examples)],
    ...["--max-time", String(options.maxSeconds), "--continue-on-failure", "--no-shrink", "--no-color"],
    ...["--generation-database", "none", "--warnings", "off", "--report-dir", folder],
    ...(options.token === undefined ? [] : ["--header", `Authorization: Bearer ${options.token}`]),
    ...(options.only === undefined ? [] : ["--include-path-regex", options.only]),
    ...(options.except === undefined ? [] : ["--exclude-path-regex", options.except]),
  ];
  try {
    const child = spawn(PROGRAM, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    const [code] = (await once(child, "close")) as [number | null];
    return { ok: code === 0, cases: Number(/(\d+) generated/.exec(output)?.[1] ?? 0), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
