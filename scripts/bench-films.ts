/**
 * How long lists and searches of a big inventory take, over HTTP: `npx tsx scripts/bench-films.ts [films]`.
 * Prints import time and p50/p95 per query; exits with 1 when a p95 is over the budget.
 */
import { serveRooms } from "../tests/support/rooms.ts";

const FILMS = Number(process.argv[2] ?? 20_000);
const BUDGET_P95_MS = 50;
const CALLS = 100;
const WRITE = ["catalogue:write"] as const;
const CSV = { "content-type": "text/csv" };
/** Lines of one file: some files stay under the limit of a body. */
const PER_FILE = 5_000;

const WORDS = "the día noche amor casa ciudad perro sombra último secreto hombre mujer mar fuego tiempo luz".split(" ");
const NAMES = "García Kurosawa Almodóvar Varda Tarkovski Bigelow Scorsese Campion Ozu Martel".split(" ");
const word = (n: number) => `${WORDS[n % WORDS.length]}${n % 7 === 0 ? n.toString(36) : ""}`;
const line = (n: number) =>
  [
    `${word(n)} ${word(n * 7 + 3)} de ${word(n * 13 + 5)} ${n}`,
    String(80 + (n % 100)),
    `${1950 + (n % 75)}-01-01`,
    `${NAMES[n % 10]} ${NAMES[(n * 3) % 10]}`,
    `Género ${n % 20}|Género ${(n * 3) % 20}`,
    n % 10 === 0 ? "showing" : "archived",
  ].join(",");

const server = await serveRooms();
const started = performance.now();
for (let from = 0; from < FILMS; from += PER_FILE) {
  const lines = Array.from({ length: Math.min(PER_FILE, FILMS - from) }, (_, n) => line(from + n));
  const csv = `title,durationMinutes,releaseDate,director,genres,status\n${lines.join("\n")}`;
  const { status, body } = await server.call("POST", "/films/import", WRITE, csv, CSV);
  if (status !== 200) throw new Error(JSON.stringify(body));
}
console.log(`${FILMS} films imported in ${Math.round(performance.now() - started)} ms`);

const [genre] = (await server.call("GET", "/genres", null)).body.items;
const QUERIES: [string, string, readonly "catalogue:write"[] | null][] = [
  ["list, everyone", "/films", null],
  ["list, administrator", "/films?limit=200", WRITE],
  ["status", "/films?status=archived", WRITE],
  ["genre, everyone", `/films?genre=${genre.id}`, null],
  ["one letter", "/films?q=d", WRITE],
  ["a common word, everyone", "/films?q=dia", null],
  ["a common word", "/films?q=dia", WRITE],
  ["two words", "/films?q=kurosawa%20amor", WRITE],
  ["a rare word", "/films?q=19999", WRITE],
  ["nothing found", "/films?q=zzzz", WRITE],
  ["common words that never meet", `/films?q=${encodeURIComponent("mujer 12")}`, WRITE],
  ["a word and a genre", `/films?q=perro&genre=${genre.id}&status=showing`, WRITE],
];
let over = 0;
for (const [name, path, who] of QUERIES) {
  const took: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const at = performance.now();
    await server.call("GET", path, who);
    took.push(performance.now() - at);
  }
  took.sort((a, b) => a - b);
  const [p50 = 0, p95 = 0] = [took[CALLS * 0.5], took[CALLS * 0.95]];
  if (p95 > BUDGET_P95_MS) over += 1;
  console.log(`${name.padEnd(30)} p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
}
await server.close();
process.exitCode = over > 0 ? 1 : 0;
