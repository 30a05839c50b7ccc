import type { Audit } from "../audit/audit.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { newId, randomText } from "../basics/ids.ts";
import { users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Passwords } from "./passwords.ts";
import { NO_PREFERENCES, personFields } from "./people.ts";
import { ADMIN_ROLE } from "./roles.ts";

export interface FirstAdministrator {
  email: string;
  /** Left out: one is generated. */
  password?: string;
}

/** 80 random bits that can be typed from a screen. */
const GENERATED_LENGTH = 16;

/** `taken`: nobody is administrator, and the e-mail belongs to somebody who must not become one by accident. */
export type AdministratorFound =
  | { status: "there" }
  | { status: "made"; generatedPassword?: string }
  | { status: "taken" };

/**
 * Makes the first administrator when the store has none. A generated password is in the answer and nowhere
 * else: the caller shows it once. With two servers at once one of them makes the account.
 */
export async function ensureAdministrator(
  { store, clock, passwords, audit }: { store: Store; clock: Clock; passwords: Passwords; audit: Audit },
  first: FirstAdministrator,
): Promise<AdministratorFound> {
  const users = store.collection(userCollection);
  const administrator = () => users.findOne({ roleIds: ADMIN_ROLE });
  if ((await administrator()) !== null) return { status: "there" };
  const password = first.password ?? randomText(GENERATED_LENGTH);
  const hashed = await passwords.hash(password);
  if (!hashed.ok) throw new Error(hashed.message);
  const now = timestamp(clock.now());
  const id = newId("usr");
  const making = { actor: { kind: "system", id: "start" }, action: "user.create", subject: id };
  const intent = await audit.begin(making);
  const inserted = await users.insert({
    id,
    ...personFields("Administrator", first.email),
    passwordHash: hashed.hash,
    roleIds: [ADMIN_ROLE],
    preferences: NO_PREFERENCES,
    status: "active",
    createdAt: now,
    updatedAt: now,
  });
  if (!inserted.ok) {
    await audit.drop(intent);
    return { status: (await administrator()) === null ? "taken" : "there" };
  }
  await audit.record({ ...making, outcome: "done", details: { roleIds: [ADMIN_ROLE] }, intent });
  return first.password === undefined ? { status: "made", generatedPassword: password } : { status: "made" };
}
