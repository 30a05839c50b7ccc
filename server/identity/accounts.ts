import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Permission, Preferences, User } from "../protocol/resources.ts";
import { users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { actorOf, type Visitor } from "./actors.ts";
import { judgePassword } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { EMAIL_TAKEN, foldEmail, NO_PREFERENCES, personFields, type UserViews } from "./people.ts";
import { judgePreferences } from "./preferences.ts";
import type { Principal } from "./principal.ts";
import { type Credentials, type Proof, WRONG } from "./proof.ts";
import type { Rights, UserRights } from "./rights.ts";
import { CUSTOMER_ROLE } from "./roles.ts";
import type { RefreshToken, RenewableClass, Renewed, Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

export interface Registration extends Credentials {
  name: string;
  preferences?: Preferences;
}

export interface Opened {
  token: string;
  /** RFC 3339. */
  expiresAt: string;
}

export interface SignedIn extends Opened {
  user: User;
  refresh: RefreshToken;
}

/**
 * People: guests, customers and staff, and how they come in. Whoever has a permission when they sign in is
 * staff, everybody else a customer; one person is not both in one session.
 */
export interface Accounts {
  /** A new guest, or a longer life for the session of the guest who asks. */
  openGuest(visitor: Visitor): Promise<Opened>;
  /** Called with a guest's token, the guest's session goes on under the account: holds and orders stay. */
  register(registration: Registration, visitor: Visitor): Promise<Outcome<SignedIn>>;
  /** As `register` for the guest's session. On a box-office device the session remembers the device. */
  signIn(credentials: Credentials, visitor: Visitor): Promise<Outcome<SignedIn>>;
  /** Proves who someone is without opening a session. Wrong guesses cost waiting time. */
  prove(credentials: Credentials, address: string): Promise<Outcome<UserRights>>;
  /** New token and refresh token of a customer or of staff. */
  renewUser(tokenClass: RenewableClass, refresh: string, visitor: Visitor): Promise<Outcome<SignedIn>>;
}

export interface AccountsDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  tokens: Tokens;
  rights: Rights;
  passwords: Passwords;
  proof: Proof;
  sessions: Sessions;
  views: UserViews;
  /** Gives the orders of a guest's session to the account that the guest has just come in with. */
  adoptOrders: (sessionId: string, userId: string) => Promise<void>;
}

const GUEST_LIFE_S = 24 * 60 * 60;
/** A stolen token is good for an hour at most; renewing is one request. */
const USER_LIFE_S = 60 * 60;

export function createAccounts(deps: AccountsDeps): Accounts {
  const { clock, audit, tokens, rights, passwords, proof, sessions, views } = deps;
  const users = deps.store.collection(userCollection);

  async function answer({ user, permissions }: UserRights, { session, refresh }: Renewed): Promise<SignedIn> {
    const { class: tokenClass, subjectId, id: sessionId } = session;
    const device = session.deviceId === undefined ? {} : { deviceId: session.deviceId };
    const opened = await tokens.sign({ class: tokenClass, subjectId, sessionId, ...device }, USER_LIFE_S);
    return { ...opened, user: await views.one(user, tokenClass === "staff" ? permissions : undefined), refresh };
  }

  async function open(proved: UserRights, action: string, visitor: Visitor): Promise<Outcome<SignedIn>> {
    const { principal, address } = visitor;
    const tokenClass = proved.permissions.size > 0 ? "staff" : "customer";
    const start = { class: tokenClass, subjectId: proved.user.id, ...carriedOver(principal) } as const;
    const renewed = await sessions.start(start);
    // Whoever changes the password ends the sessions that there are: one that began meanwhile ends itself.
    const now = await users.get(proved.user.id);
    if (now?.status !== "active" || now.passwordHash !== proved.user.passwordHash) {
      await sessions.end(renewed.session.id);
      return WRONG;
    }
    if (principal?.class === "guest") await deps.adoptOrders(principal.sessionId, proved.user.id);
    const actor = { kind: tokenClass, id: proved.user.id };
    await audit.record({ actor, action, subject: proved.user.id, outcome: "done", from: address });
    return { ok: true, ...(await answer(proved, renewed)) };
  }

  async function openGuest({ principal }: Visitor): Promise<Opened> {
    const sessionId = principal?.class === "guest" ? principal.sessionId : newId("ses");
    return tokens.sign({ class: "guest", subjectId: sessionId, sessionId }, GUEST_LIFE_S);
  }

  async function signIn(credentials: Credentials, visitor: Visitor): Promise<Outcome<SignedIn>> {
    const proved = await proof.prove(credentials, visitor.address);
    return proved.ok ? open(proved, "sign-in", visitor) : proved;
  }

  async function register(registration: Registration, visitor: Visitor): Promise<Outcome<SignedIn>> {
    const added = await addUser(registration, visitor);
    if (!added.ok) return added;
    proof.welcome(registration.email, visitor.address);
    const proved = { user: added.user, permissions: new Set<Permission>() };
    return open(proved, "register", visitor);
  }

  async function addUser({ name, email, password, preferences }: Registration, { address }: Visitor) {
    const refusal = judgePassword(password, { name, email }) ?? (await judgePreferences(deps.store, preferences));
    if (refusal !== null) return refusal;
    if ((await users.findOne({ emailKey: foldEmail(email) })) !== null) return EMAIL_TAKEN;
    const hashed = await passwords.hash(password);
    if (!hashed.ok) return hashed;
    const now = timestamp(clock.now());
    const inserted = await users.insert({
      id: newId("usr"),
      ...personFields(name, email),
      passwordHash: hashed.hash,
      roleIds: [CUSTOMER_ROLE],
      preferences: preferences ?? NO_PREFERENCES,
      status: "active",
      createdAt: now,
      updatedAt: now,
    });
    if (!inserted.ok) return EMAIL_TAKEN;
    const actor = { kind: "customer", id: inserted.document.id };
    await audit.record({ actor, action: "user.create", subject: actor.id, outcome: "done", from: address });
    return { ok: true as const, user: inserted.document };
  }

  async function renewUser(tokenClass: RenewableClass, value: string, visitor: Visitor): Promise<Outcome<SignedIn>> {
    const renewed = await sessions.renew(tokenClass, value);
    if (!renewed.ok) return renewed;
    const { session } = renewed;
    const now = await rights.ofUserNow(session.subjectId);
    if (now === null || now.user.status !== "active") {
      await sessions.end(session.id);
      const actor = { kind: tokenClass, id: session.subjectId };
      await audit.record({ ...actorOf(visitor), actor, action: "session.renew", outcome: "denied" });
      return refuse("unauthorized", "This account can't be used");
    }
    return { ok: true, ...(await answer(now, renewed)) };
  }

  return { openGuest, register, signIn, prove: proof.prove, renewUser };
}

/** What of the caller's token lives on in a new session. */
function carriedOver(principal: Principal | null): { sessionId?: string; deviceId?: string } {
  if (principal?.class === "guest") return { sessionId: principal.sessionId };
  if (principal?.class === "device" && principal.deviceKind === "box-office" && principal.deviceId !== undefined)
    return { deviceId: principal.deviceId };
  return {};
}
