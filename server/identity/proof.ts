import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import { users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { actorOf } from "./actors.ts";
import { createBackoff } from "./backoff.ts";
import type { Passwords } from "./passwords.ts";
import { foldEmail } from "./people.ts";
import type { Rights, UserRights } from "./rights.ts";

export interface Credentials {
  email: string;
  password: string;
}

/**
 * Whether somebody is who they say, by e-mail and password. Wrong guesses cost waiting time, counted before
 * anything is hashed. Who has come in from an address before waits for the guesses made there alone: strangers
 * elsewhere can't keep them out.
 */
export interface Proof {
  /** Opens no session. A wrong password, an unknown address and a disabled account get the same answer and cost the same work. */
  prove(credentials: Credentials, address: string): Promise<Outcome<UserRights>>;
  /** The owner has shown up at this address by other means: nobody's guesses elsewhere make them wait there. */
  welcome(email: string, address: string): void;
}

export interface ProofDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  rights: Rights;
  passwords: Passwords;
  /** False: addresses never wait, accounts still do. */
  limitAddresses: boolean;
}

/** Ten slips of the finger, then the guesser waits 1, 2, 4 ... 60 s. */
const ACCOUNT_BACKOFF = { free: 10, firstWaitMs: 1_000, longestWaitMs: 60_000 };
/** A box office full of clerks shares one address. */
const ADDRESS_BACKOFF = { free: 50, firstWaitMs: 1_000, longestWaitMs: 60_000 };
/** Pairs of account and address that are known; the longest unused go first. Some 100 bytes each. */
const WELCOME_MAX = 50_000;

export const WRONG = refuse("unauthorized", "E-mail or password is wrong");

export function createProof({ clock, audit, rights, passwords, ...deps }: ProofDeps): Proof {
  const users = deps.store.collection(userCollection);
  const accountBackoff = createBackoff(ACCOUNT_BACKOFF, clock);
  const addressBackoff = createBackoff(ADDRESS_BACKOFF, clock);
  const known = new Set<string>();

  const pairOf = (emailKey: string, address: string) => `${emailKey} ${address}`;

  function welcome(email: string, address: string): void {
    const pair = pairOf(foldEmail(email), address);
    known.delete(pair);
    known.add(pair);
    const oldest = known.size > WELCOME_MAX ? known.values().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
  }

  function mustWait(account: string, address: string): Refusal | null {
    const wait = Math.max(accountBackoff.wait(account), deps.limitAddresses ? addressBackoff.wait(address) : 0);
    if (wait > 0) return refuse("rate_limited", "Too many attempts, wait a moment", { retryAfterMs: wait });
    accountBackoff.attempt(account);
    addressBackoff.attempt(address);
    return null;
  }

  async function prove(credentials: Credentials, address: string): Promise<Outcome<UserRights>> {
    const emailKey = foldEmail(credentials.email);
    const pair = pairOf(emailKey, address);
    const isKnown = known.has(pair);
    const account = isKnown ? pair : emailKey;
    const waiting = mustWait(account, address);
    if (waiting !== null) return waiting;
    const user = await users.findOne({ emailKey });
    const judged = await passwords.verify(user?.passwordHash ?? null, credentials.password, isKnown);
    if (!judged.ok) return judged;
    if (user === null || !judged.matches || user.status !== "active") {
      const subject = user === null ? {} : { subject: user.id };
      const nobody = actorOf({ principal: null, address });
      await audit.record({ ...nobody, action: "sign-in", ...subject, outcome: "denied" });
      return WRONG;
    }
    accountBackoff.forgive(account);
    addressBackoff.forgive(address);
    welcome(emailKey, address);
    return { ok: true, user, permissions: await rights.ofRoles(user.roleIds ?? []) };
  }

  return { prove, welcome };
}
