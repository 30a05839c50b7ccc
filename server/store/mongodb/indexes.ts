/**
 * The declared indexes as indexes of MongoDB.
 *
 * Promises: after `buildIndexes` every declared index is complete. The name of each tells its declaration, so one
 * that changed is built beside the old one before that is dropped; what an operator added is left alone.
 * Safe while other servers start or serve, of this version or another: MongoDB itself keeps every index up to date.
 */
import { type IndexDescription, type Collection as MongoCollection, MongoServerError } from "mongodb";
import { type AnyCollection, BY_ID, indexRows, type Plan } from "../plan.ts";
import type { Connection } from "./connection.ts";
import { decode, fieldOf, type Kept } from "./encoding.ts";

type Named = IndexDescription & { name: string };

/** Ours begin so; the rest is the declaration. */
const NAME = /^[A-Za-z]\w*:/;
/** Error codes of MongoDB. */
const BAD_VALUE = 2;
const NO_SUCH_COLLECTION = 26;
const NO_SUCH_INDEX = 27;
const DUPLICATE_KEY = 11_000;

/** Builds what is missing and drops what is no longer declared. Throws `TypeError` when two documents share the values of a unique index. */
export async function buildIndexes(connection: Connection, collections: readonly AnyCollection[]): Promise<void> {
  await connection.runLong(async () => {
    const changes = await Promise.all(collections.map((collection) => changesOf(connection, collection)));
    for (const change of changes) await create(connection, change);
    for (const { collection, stale } of changes) {
      for (const name of stale) await drop(connection, collection.name, name);
    }
  });
}

/** The declared index that a plan reads along, by its name in MongoDB. */
export function nameOf({ index, fields, unique }: Pick<Plan, "index" | "fields" | "unique">): string {
  const name = `${index}:${fields.join("+")}`;
  return unique && fields.length === 1 ? `${name}:unique` : name;
}

/** Whether an operation named an index that is not there. */
export function isWithoutIndex(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === BAD_VALUE && error.message.includes("hint");
}

/** The declared index that a duplicate key error of MongoDB is about. */
export function clashingIndex({ message }: Error): string {
  const [, name = ""] = /index: (\S+) dup key/.exec(message) ?? [];
  return name === "_id_" ? BY_ID : (name.split(":")[0] ?? name);
}

export function isDuplicate(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

interface Changes {
  collection: AnyCollection;
  missing: Named[];
  stale: string[];
}

async function changesOf({ db }: Connection, collection: AnyCollection): Promise<Changes> {
  const wanted = Object.entries(collection.indexes).flatMap(([index, spec]) => describe(index, spec));
  const there = await existing(db.collection(collection.name));
  return {
    collection,
    missing: wanted.filter(({ name }) => !there.includes(name)),
    stale: there.filter((name) => NAME.test(name) && !wanted.some((one) => one.name === name)),
  };
}

async function existing(documents: MongoCollection): Promise<string[]> {
  try {
    return (await documents.listIndexes().toArray()).map(({ name }) => String(name));
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NO_SUCH_COLLECTION) return [];
    throw error;
  }
}

/**
 * A document without a field of a unique index does not stand in it: sparse over one field, partial over several. A
 * partial index serves only queries that repeat its condition, so reading goes by a plain one beside it; plain
 * ones may hold documents that lack a field, which `queries.ts` leaves out. They end with the id, because results do.
 */
function describe(index: string, { fields, unique = false }: AnyCollection["indexes"][string]): Named[] {
  const name = `${index}:${fields.join("+")}`;
  const key = Object.fromEntries(fields.map((field) => [fieldOf(field), 1 as const]));
  const forReading: Named = { name, key: { ...key, _id: 1 } };
  if (!unique) return [forReading];
  const rule: Named = { name: `${name}:unique`, key, unique: true };
  if (fields.length === 1) return [{ ...rule, sparse: true }];
  const partialFilterExpression = Object.fromEntries(fields.map((field) => [fieldOf(field), { $exists: true }]));
  return [{ ...rule, partialFilterExpression }, forReading];
}

/** All of a collection's or none, so that what is refused leaves everything as it was. */
async function create({ db }: Connection, { collection, missing }: Changes): Promise<void> {
  if (missing.length === 0) return;
  const documents = db.collection<Kept>(collection.name);
  try {
    await documents.createIndexes(missing);
  } catch (error) {
    for (const { name } of missing) await drop({ db }, collection.name, name);
    throw isDuplicate(error) ? new TypeError(await whoShares({ db }, collection, clashingIndex(error))) : error;
  }
}

/** Which two documents a unique index can't be built over, for the operator. */
async function whoShares({ db }: Pick<Connection, "db">, collection: AnyCollection, index: string): Promise<string> {
  const fields = collection.indexes[index]?.fields ?? [];
  const owners = new Map<string, string>();
  for await (const kept of db.collection<Kept>(collection.name).find().sort({ _id: 1 })) {
    for (const row of indexRows(decode(kept) as never, fields).map((values) => JSON.stringify(values))) {
      const owner = owners.get(row);
      if (owner !== undefined) return `${collection.name} ${owner} and ${kept._id} have the same ${fields.join(", ")}`;
      owners.set(row, kept._id);
    }
  }
  return `${collection.name}: two documents have the same ${fields.join(", ")}`;
}

async function drop({ db }: Pick<Connection, "db">, collection: string, name: string): Promise<void> {
  try {
    await db.collection(collection).dropIndex(name);
  } catch (error) {
    // Another server that starts at the same time was faster.
    if (error instanceof MongoServerError && (error.code === NO_SUCH_INDEX || error.code === NO_SUCH_COLLECTION))
      return;
    throw error;
  }
}
