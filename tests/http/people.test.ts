import { describe } from "vitest";
import { startServer } from "../support/server.ts";
import { describePeople } from "./people.contract.ts";

describe("people", () => {
  describePeople(() => startServer());
});
