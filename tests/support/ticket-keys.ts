import { generateKeyPair } from "jose";
import type { Keys } from "../../server/identity/keys.ts";

/** Ticket keys without a store: sign with the newest, verify with all. */
export async function ticketKeys(): Promise<Pick<Keys, "signing" | "verification"> & { rotate(): Promise<void> }> {
  const ring: { kid: string; privateKey: CryptoKey; publicKey: CryptoKey }[] = [];
  async function rotate(): Promise<void> {
    ring.push({ kid: `kid-${ring.length}`, ...(await generateKeyPair("EdDSA", { crv: "Ed25519" })) });
  }
  await rotate();
  return {
    rotate,
    async signing() {
      const { kid, privateKey } = ring.at(-1)!;
      return { kid, key: privateKey };
    },
    verification: async (_use, kid) => ring.find((key) => key.kid === kid)?.publicKey ?? null,
  };
}
