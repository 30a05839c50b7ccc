import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Channels } from "./channels.ts";

/** One Lua file per command of the map, named after it. */
const SCRIPT_NAMES = [
  "begin-load",
  "finish-load",
  "hold",
  "hold-over",
  "extend",
  "release",
  "first-answer",
  "hold-of",
  "begin-payment",
  "settle",
  "end-payment",
  "expire",
  "snapshot",
  "since",
  "holders",
  "counts",
] as const;

export type ScriptName = (typeof SCRIPT_NAMES)[number];

/** A command's source, its shared parts included, and the name Redis knows it by. */
export interface Script {
  name: ScriptName;
  source: string;
  sha: string;
}

/**
 * Reads every script from beside this module, once at the start; they publish by the command given. Throws when
 * a file is missing.
 */
export function loadScripts(publish: Channels["publish"]): Record<ScriptName, Script> {
  const scripts = SCRIPT_NAMES.map((name) => {
    const source = include(read(`${name}.lua`)).replaceAll("'PUBLISH'", `'${publish}'`);
    return [name, { name, source, sha: createHash("sha1").update(source).digest("hex") }] as const;
  });
  return Object.fromEntries(scripts) as Record<ScriptName, Script>;
}

const INCLUDE = /^-- include (.+)$/gm;

/** Puts the files of each `-- include a.lua b.lua` in its place. Includes do not nest. */
function include(source: string): string {
  return source.replace(INCLUDE, (_line, files: string) => files.split(" ").map(read).join("\n"));
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
