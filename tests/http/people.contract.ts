import { afterAll, beforeAll } from "vitest";
import { openPeople, type People } from "../support/people.ts";
import type { TestServer } from "../support/server.ts";
import { describeAccounts } from "./people.account.contract.ts";
import { describeManaged } from "./people.managed.contract.ts";
import { describePasswordLinks } from "./people.passwords.contract.ts";
import { describePurchases } from "./people.purchases.contract.ts";

/** What is kept about people, over HTTP: the same on every store. */
export function describePeople(open: () => Promise<TestServer>): void {
  let opened: People;
  beforeAll(async () => {
    opened = await openPeople(await open());
  });
  afterAll(() => opened.close());
  // Tests are collected before anything is open.
  const people: People = {
    url: () => opened.url(),
    call: (...asked) => opened.call(...asked),
    admin: (...asked) => opened.admin(...asked),
    as: (token) => opened.as(token),
    register: (...given) => opened.register(...given),
    buy: (...wanted) => opened.buy(...wanted),
    guestToken: () => opened.guestToken(),
    signIn: (...given) => opened.signIn(...given),
    newGenre: () => opened.newGenre(),
    close: () => opened.close(),
  };
  describeAccounts(people);
  describePurchases(people);
  describeManaged(people);
  describePasswordLinks(people);
}
