import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { ERROR_STATUS } from "../../server/protocol/errors.ts";
import {
  PROTOCOL_VERSION,
  REMEMBERED_REQUESTS,
  REQUEST_ID_MAX,
  SOCKET_PAYLOAD_BYTES,
} from "../../server/protocol/limits.ts";
import { clientAnswers, clientPayloads, serverPayloads } from "../../server/schemas/events.ts";

const page = readFileSync(join(import.meta.dirname, "../../PROTOCOL.md"), "utf8");
const schemas: Record<string, Record<string, z.ZodType>> = {
  event: clientPayloads,
  answer: clientAnswers,
  push: serverPayloads,
};
/** Every example: what it is of, which event, and its text. */
const examples = [...page.matchAll(/^```json (event|answer|push)=(\S+)\n([\s\S]*?)\n```$/gm)].map(
  ([, kind = "", event = "", text = ""]) => ({ kind, event, text }),
);

/** Headings of one level-two section. */
function eventsUnder(title: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
  return [...section.matchAll(/^### `(\S+)`$/gm)].map(([, event = ""]) => event);
}

describe("the page about the protocol", () => {
  it("[D38] names every event that there is, and no other", () => {
    expect(eventsUnder("Events a client sends").sort()).toEqual(Object.keys(clientPayloads).sort());
    expect(eventsUnder("Events a server pushes").sort()).toEqual(Object.keys(serverPayloads).sort());
  });

  it.each(Object.entries(schemas).flatMap(([kind, events]) => Object.keys(events).map((event) => [kind, event])))(
    "[D38] has an example of the %s of %s",
    (kind, event) => {
      expect(examples.filter((example) => example.kind === kind && example.event === event)).not.toEqual([]);
    },
  );

  it.each(examples)("[D38] the $kind of $event is as the schema says", ({ kind, event, text }) => {
    const example: unknown = JSON.parse(text);
    expect(schemas[kind]?.[event]?.parse(example)).toEqual(example);
  });

  it("[D38] its codes are codes, its limits are the limits", () => {
    const codes = [...page.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, code = ""]) => code);
    expect(codes.filter((code) => code !== "connect_error" && !(code in ERROR_STATUS))).toEqual([]);
    expect(page).toContain(`protocol: ${PROTOCOL_VERSION} }`);
    expect(page).toContain(`| one message | ${SOCKET_PAYLOAD_BYTES / 1024} KB |`);
    expect(page).toContain(`The last ${REMEMBERED_REQUESTS} are remembered`);
    expect(page).toContain(`1 to ${REQUEST_ID_MAX} characters`);
  });
});
