import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { type Clock, timestamp } from "../basics/clock.ts";
import { type KeyDoc, keys as keyCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

export type KeyUse = KeyDoc["use"];

/** A key to sign with, and the `kid` that tells it from its predecessors. */
export interface SigningKey {
  kid: string;
  key: CryptoKey;
}

/**
 * The Ed25519 keys of the installation, one set per use, kept in the store so that all servers share
 * them. The first of a set is made when it is first needed; two servers that need it at the same time
 * end up with the same one. Old keys stay, so what they signed can be verified until it expires.
 */
export interface Keys {
  /** The newest key of a use that this server knows. */
  signing(use: KeyUse): Promise<SigningKey>;
  /** The public key of this `kid`, null when this use has none such. An unknown `kid` is looked up at most once a second. */
  verification(use: KeyUse, kid: string): Promise<CryptoKey | null>;
  /** All public keys of a use, as a JWK set. */
  publicSet(use: KeyUse): Promise<{ keys: JWK[] }>;
  /** Adds a key and signs with it from now on; other servers verify with it at once and go on signing with theirs. */
  rotate(use: KeyUse): Promise<SigningKey>;
}

interface Ring {
  signing: SigningKey;
  verification: Map<string, CryptoKey>;
  publicSet: { keys: JWK[] };
  readAt: number;
}

/** Unknown key ids cost one read of the store a second, however many are tried. */
const REREAD_AFTER_MS = 1000;
/** 72 bits of the thumbprint: plenty between a handful of keys, and short enough for a QR code. */
const KID_LENGTH = 12;

export function createKeys({ store, clock }: { store: Store; clock: Clock }): Keys {
  const documents = store.collection(keyCollection);
  const rings = new Map<KeyUse, Promise<Ring>>();

  const find = (use: KeyUse) => documents.find({ use });

  async function addKey(use: KeyUse, ordinal: number): Promise<void> {
    const jwk = await newPrivateJwk();
    await documents.insert({ id: `${use}-${ordinal}`, use, jwk: { ...jwk }, createdAt: timestamp(clock.now()) });
  }

  async function read(use: KeyUse): Promise<Ring> {
    let found = await find(use);
    if (found.length === 0) {
      await addKey(use, 1);
      found = await find(use);
    }
    return toRing(found, clock.now());
  }

  function load(use: KeyUse): Promise<Ring> {
    const before = rings.get(use);
    const reading = read(use);
    rings.set(use, reading);
    reading.catch(() => (before === undefined ? rings.delete(use) : rings.set(use, before)));
    return reading;
  }

  const ring = (use: KeyUse) => rings.get(use) ?? load(use);

  async function verification(use: KeyUse, kid: string): Promise<CryptoKey | null> {
    let known = await ring(use);
    if (!known.verification.has(kid) && Math.abs(clock.now() - known.readAt) >= REREAD_AFTER_MS)
      known = await load(use);
    return known.verification.get(kid) ?? null;
  }

  async function rotate(use: KeyUse): Promise<SigningKey> {
    await ring(use);
    await addKey(use, (await find(use)).length + 1);
    return (await load(use)).signing;
  }

  return {
    signing: async (use) => (await ring(use)).signing,
    verification,
    publicSet: async (use) => (await ring(use)).publicSet,
    rotate,
  };
}

async function newPrivateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, KID_LENGTH);
  return { ...jwk, kid, alg: "EdDSA", use: "sig" };
}

async function toRing(found: readonly KeyDoc[], readAt: number): Promise<Ring> {
  const verification = new Map<string, CryptoKey>();
  const publicKeys: JWK[] = [];
  for (const { jwk } of found) {
    const { d: _private, ...publicJwk } = jwk as JWK;
    publicKeys.push(publicJwk);
    verification.set(publicJwk.kid ?? "", await importKey(publicJwk));
  }
  const newest = found.at(-1);
  if (newest === undefined) throw new Error("a key that was just written is not there");
  const signing = { kid: String(newest.jwk.kid), key: await importKey(newest.jwk as JWK) };
  return { signing, verification, publicSet: { keys: publicKeys }, readAt };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA");
  if (key instanceof Uint8Array) throw new Error("a signing key is not an Ed25519 key");
  return key;
}
