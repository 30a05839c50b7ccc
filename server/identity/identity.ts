/**
 * Who is asking, and what they may do: users and their roles, devices, sessions, tokens, revocations.
 *
 * Promises: deny by default; a token is good for one class alone and is looked up in the revocations each
 * time; rights are read from the store (at most 2 s old), never from the token; passwords, codes and refresh
 * tokens are stored as hashes. Must never import an edge or an adapter.
 */
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Store } from "../store/port.ts";
import { type Accounts, createAccounts } from "./accounts.ts";
import { createLastAdministrator } from "./administrators.ts";
import { type AdministratorFound, ensureAdministrator, type FirstAdministrator } from "./bootstrap.ts";
import { createDevices, type Devices } from "./devices.ts";
import { createEnrolment, type Enrolment } from "./enrolment.ts";
import { createErasure } from "./erasure.ts";
import { createForgottenPasswords, type ForgottenPasswords, type Post } from "./forgotten.ts";
import type { Keys } from "./keys.ts";
import { createLookups, type Lookups } from "./lookups.ts";
import { createReplacePassword } from "./new-password.ts";
import { createOwnAccount, type OwnAccount } from "./own-account.ts";
import { createPasswordCodes } from "./password-codes.ts";
import { createPasswords } from "./passwords.ts";
import { createUserViews } from "./people.ts";
import type { Principal } from "./principal.ts";
import { createProof } from "./proof.ts";
import { createRevocations, type Revocations, type Revoked } from "./revocations.ts";
import { createRights, permissionsOfDevice } from "./rights.ts";
import { createRoles, ensureBuiltInRoles, type Roles } from "./roles.ts";
import { createSessions, type RenewableClass } from "./sessions.ts";
import { type Claims, createTokens } from "./tokens.ts";
import { createUsers, type Users } from "./users.ts";

export interface Identity {
  /** Proves a token, whatever its class; cheap enough to ask for every event of a socket. */
  authenticate(token: string): Promise<Outcome<{ principal: Principal }>>;
  accounts: Accounts;
  account: OwnAccount;
  forgotten: ForgottenPasswords;
  lookups: Lookups;
  users: Users;
  roles: Roles;
  devices: Devices;
  enrolment: Enrolment;
  revocations: Revocations;
  /** Ends the session behind a refresh token: its tokens die. Safe to repeat. */
  signOut(tokenClass: RenewableClass, refresh: string): Promise<void>;
  /** Ends a session by its own token. */
  endSession(sessionId: string): Promise<void>;
  /** Whether this caller owns what a session made: it is theirs, or a visit of their kiosk that ended within 2 min. */
  ownsSession(principal: Principal, sessionId: string): Promise<boolean>;
  /** Built-in roles, and the first administrator when there is none. Call once, before anybody is let in. */
  prepare(first: FirstAdministrator): Promise<AdministratorFound>;
  /** Deletes what is over, and finishes erasures. Any server may call it at any time. */
  sweep(): Promise<void>;
}

export interface IdentityDeps {
  store: Store;
  clock: Clock;
  keys: Keys;
  audit: Audit;
  /** Gives free all that a session holds. Safe to repeat. */
  endHolds: (sessionId: string) => Promise<void>;
  /** Gives the orders of a guest's session to the account that the guest has just come in with. */
  adoptOrders: (sessionId: string, userId: string) => Promise<void>;
  /** Takes a customer's name, address and id off their orders. Safe to repeat. */
  disownOrders: (userId: string) => Promise<void>;
  post: Post;
  /** False lifts waiting times by address; those by account stay. */
  limitAddresses: boolean;
}

export function createIdentity(deps: IdentityDeps): Identity {
  const { store, clock, keys } = deps;
  const tokens = createTokens({ keys, clock });
  const revocations = createRevocations({ store, clock });
  const rights = createRights({ store, clock });
  const sessions = createSessions({ store, clock, revocations });
  const passwords = createPasswords();
  const lastAdministrator = createLastAdministrator(store);
  const codes = createPasswordCodes({ store, clock });
  const base = { ...deps, tokens, revocations, rights, sessions, passwords, codes, lastAdministrator };
  const erasure = createErasure(base);
  const replacePassword = createReplacePassword(base);
  const shared = { ...base, views: createUserViews(store), proof: createProof(base), erasure, replacePassword };
  const enrolment = createEnrolment(shared);
  const lookups = createLookups(shared);

  async function authenticate(token: string): Promise<Outcome<{ principal: Principal }>> {
    const claims = await tokens.verify(token);
    if (claims === null || revocations.covers(claims)) return NOT_PROVED;
    const principal = await toPrincipal(claims, rights.ofUser);
    return principal === null ? NOT_PROVED : { ok: true, principal };
  }

  return {
    authenticate,
    accounts: createAccounts(shared),
    account: createOwnAccount(shared),
    forgotten: createForgottenPasswords(shared),
    lookups,
    users: createUsers(shared),
    roles: createRoles(shared),
    devices: createDevices(shared),
    enrolment,
    revocations,
    signOut: async (tokenClass, refresh) => void (await sessions.endBy(tokenClass, refresh)),
    endSession: sessions.end,
    ownsSession: (principal, sessionId) => ownsSession(principal, sessionId, enrolment),
    async prepare(first) {
      await revocations.poll();
      await ensureBuiltInRoles({ store, clock });
      return ensureAdministrator(shared, first);
    },
    async sweep() {
      for (const room of [revocations, sessions, codes, lookups, erasure]) await room.sweep();
    },
  };
}

const NOT_PROVED = refuse("unauthorized", "The token is not valid (any more)");

type UserLookup = ReturnType<typeof createRights>["ofUser"];

/** Null: nobody stands behind the claims any more. */
async function toPrincipal(claims: Claims, userOf: UserLookup): Promise<Principal | null> {
  const { class: tokenClass, sessionId, subjectId, deviceId, deviceKind, expiresAt } = claims;
  const known = { class: tokenClass, sessionId, subjectId, expiresAt };
  switch (tokenClass) {
    case "guest":
      return { ...known, permissions: new Set() };
    case "device":
      if (deviceId === undefined || deviceKind === undefined) return null;
      return { ...known, deviceId, deviceKind, permissions: permissionsOfDevice(deviceKind) };
    case "customer":
    case "staff": {
      const found = await userOf(subjectId);
      if (found === null || found.user.status !== "active") return null;
      const permissions = tokenClass === "staff" ? found.permissions : new Set<never>();
      return { ...known, userId: subjectId, permissions, ...(deviceId !== undefined && { deviceId }) };
    }
  }
}

async function ownsSession(principal: Principal, sessionId: string, { recentVisits }: Enrolment): Promise<boolean> {
  if (principal.sessionId === sessionId) return true;
  if (principal.class !== "device") return false;
  return (await recentVisits(principal.subjectId)).includes(sessionId);
}

/**
 * Whether a revocation is about this caller: what the live edge asks to cut the right sockets. After `rights`
 * the same token is good again, with other permissions.
 */
export function concerns({ kind, subjectId }: Revoked, principal: Principal): boolean {
  switch (kind) {
    case "session":
      return principal.sessionId === subjectId;
    case "user":
    case "rights":
      return principal.userId === subjectId;
    case "device":
      return principal.deviceId === subjectId;
  }
}
