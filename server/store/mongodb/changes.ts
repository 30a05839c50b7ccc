/**
 * Writing single documents in MongoDB.
 *
 * Promises: a change is made from a document as it was seen and written only if its version is still that one; otherwise
 * it is looked at again. So every check is the same code as in other adapters, and unique indexes are
 * MongoDB's own. A write whose answer got lost is recognised as one's own by its mark.
 */
import type { Collection as MongoCollection } from "mongodb";
import { BY_ID, indexRows } from "../plan.ts";
import type { CollectionSpec, Inserted, Patch, Stored, Updated } from "../port.ts";
import { isAs, patched, plain } from "../values.ts";
import type { Budget } from "./connection.ts";
import { decoded, encode, INSERTED_BY, type Kept, UPDATED_BY } from "./encoding.ts";
import { clashingIndex, isDuplicate } from "./indexes.ts";

type Fields = Record<string, unknown>;

export interface Changes<D> {
  insert(document: D): Promise<Inserted<D>>;
  /** Compare-and-set; `wanted` is an `expectation`. */
  update(budget: Budget, id: string, wanted: Fields, patch: Patch<D>): Promise<Updated<D>>;
  remove(budget: Budget, id: string, wanted: Fields): Promise<boolean>;
}

/** `mark` answers another mark at each call. */
export function createChanges<D extends Stored>(
  kept: MongoCollection<Kept>,
  spec: CollectionSpec<D>,
  mark: () => string,
): Changes<D> {
  const look = async (id: string): Promise<Kept | null> => kept.findOne({ _id: id });

  return {
    insert: (document) => insert(kept, document, mark()),

    async update(budget, id, wanted, patch) {
      const mine = mark();
      for (;;) {
        budget.check();
        const there = await look(id);
        const before = decoded<D>(there);
        // Written by the last round, whose answer got lost.
        if (before && there?.[UPDATED_BY] === mine) return { ok: true, document: before };
        if (!before || !isAs(before, wanted)) return { ok: false, code: "missed" };
        const document = patched(before, patch);
        assertIndexable(spec, document, Object.keys(patch.set ?? {}));
        try {
          const asSeen = { _id: id, version: before.version };
          const { matchedCount } = await kept.updateOne(asSeen, updateOf(patch, document.version, mine));
          if (matchedCount === 1) return { ok: true, document };
        } catch (error) {
          if (!isDuplicate(error)) throw error;
          return { ok: false, code: "duplicate", index: clashingIndex(error) };
        }
      }
    },

    async remove(budget, id, wanted) {
      if (Object.keys(wanted).length === 0) return (await kept.deleteOne({ _id: id })).deletedCount === 1;
      for (;;) {
        budget.check();
        const before = decoded<D>(await look(id));
        if (!before || !isAs(before, wanted)) return false;
        const { deletedCount } = await kept.deleteOne({ _id: id, version: before.version });
        if (deletedCount === 1) return true;
      }
    },
  };
}

/** Adds a document. A duplicate that is one's own, because the first answer got lost, is the success it was. */
async function insert<D extends Stored>(kept: MongoCollection<Kept>, document: D, mark: string): Promise<Inserted<D>> {
  try {
    await kept.insertOne(encode(document, mark));
    return { ok: true, document };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const there = await kept.findOne({ _id: document.id }, { projection: { [INSERTED_BY]: 1 } });
    if (there?.[INSERTED_BY] === mark) return { ok: true, document };
    // Which of several clashing indexes MongoDB names is its own affair; the id goes first here.
    return { ok: false, code: "duplicate", index: there ? BY_ID : clashingIndex(error) };
  }
}

function updateOf<D extends Stored>({ set, unset = [] }: Patch<D>, version: number, mark: string): object {
  const gone = Object.fromEntries(unset.map((field) => [field, 1]));
  return {
    $set: { ...plain(set ?? {}), version, [UPDATED_BY]: mark },
    ...(unset.length > 0 && { $unset: gone }),
  };
}

/** Refuses values that no index can hold, in the indexes that these fields stand in; in all without fields. */
export function assertIndexable<D extends Stored>(
  spec: CollectionSpec<D>,
  document: D,
  changed?: readonly string[],
): void {
  for (const { fields } of Object.values(spec.indexes)) {
    if (changed === undefined || fields.some((field) => changed.includes(field)))
      indexRows(document as unknown as Fields, fields);
  }
}
