/**
 * Brings a store to the number of this version, and refuses one of a later version.
 *
 * Promises: each migration has run once to its end, in order, before the number that it leads to is recorded;
 * one server migrates, others wait for it. Run at open by every adapter.
 * Must never import an adapter.
 */
import { setTimeout as pause } from "node:timers/promises";
import { installation } from "../collections.ts";
import { takeLease } from "../lease.ts";
import type { Collection, Store } from "../port.ts";
import { MIGRATIONS, type Migration } from "./list.ts";

/** A store of a later version: this one must not touch it. The message is one line for the operator. */
export class StoreIsNewer extends Error {
  override name = "StoreIsNewer";
}

const SCHEMA = "schema";
/** How often a server looks whether another one has finished migrating. */
const LOOK_AGAIN_MS = 100;

type Installation = Pick<Collection<{ id: string; version: number; value: Record<string, unknown> }>, "get">;

/** The number that this version brings stores to. */
export function currentNumber(migrations: readonly Migration[] = MIGRATIONS): number {
  return migrations.at(-1)?.number ?? 0;
}

/** The number of a store; 0 when none is recorded. */
export async function numberOf(about: Installation): Promise<number> {
  const schema = await about.get(SCHEMA);
  return Number(schema?.value.number ?? 0);
}

/** Throws `StoreIsNewer` for a number that this version does not know. */
export function refuseNewer(number: number, migrations: readonly Migration[] = MIGRATIONS): void {
  const mine = currentNumber(migrations);
  if (number <= mine) return;
  throw new StoreIsNewer(
    `the store has number ${number} and this version knows numbers up to ${mine}: run the version that wrote it, or restore a backup`,
  );
}

/** Runs what has not run yet. Safe to repeat. Throws `StoreIsNewer`. */
export async function migrate(store: Store, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const about = store.collection(installation);
  for (;;) {
    const number = await numberOf(about);
    refuseNewer(number, migrations);
    if (number === currentNumber(migrations)) return;
    const taken = await takeLease(store, { name: "migration" });
    if (!taken.ok) {
      await pause(LOOK_AGAIN_MS);
      continue;
    }
    try {
      await climb(store, migrations);
    } finally {
      await taken.lease.release();
    }
  }
}

/** Runs the migrations above the store's number, which is read again: another server may just have finished. */
async function climb(store: Store, migrations: readonly Migration[]): Promise<void> {
  const about = store.collection(installation);
  const number = await numberOf(about);
  for (const migration of migrations.filter((each) => each.number > number)) {
    await migration.up(store);
    const value = { number: migration.number, name: migration.name, at: new Date().toISOString() };
    const inserted = await about.insert({ id: SCHEMA, value });
    if (!inserted.ok) await about.update(SCHEMA, {}, { set: { value } });
  }
}
