// Changed files of every kind: each read ends in an answer or in a typed error.
//
// A process of its own, so that its memory can be bounded: node scripts/drill/mutations.mjs COUNT SECONDS SEED
import { packageUrl } from "../lib/workspace.mjs";
import { samples } from "./samples.mjs";
import { attempt } from "./typed.mjs";

const { Random } = await import(packageUrl("geo-core", "index.js"));
const pieces = [
  "\n",
  '"',
  ",",
  "NaN",
  "1e999",
  "-",
  "[",
  "{",
  "\0",
  "\ufeff",
  "<",
  "&",
  "]]>",
  "null",
  "99999999999",
].map((text) => Buffer.from(text));

/** One to four changes: a byte set, a cut, a part dropped, something inserted, a part repeated, four bytes of ones. */
function mutated(bytes, random) {
  let result = Buffer.from(bytes);
  for (let changes = 1 + random.integer(4); changes > 0; changes--) {
    const at = random.integer(result.length + 1);
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    const count = 1 + random.integer(40);
    switch (random.integer(6)) {
      case 0:
        result = Buffer.concat([head, Buffer.of(random.integer(256)), tail.subarray(1)]);
        break;
      case 1:
        // Rarely: what is cut off is soon read.
        if (random.integer(4) === 0) result = Buffer.from(head);
        break;
      case 2:
        result = Buffer.concat([head, tail.subarray(count)]);
        break;
      case 3:
        result = Buffer.concat([head, pieces[random.integer(pieces.length)], tail]);
        break;
      case 4:
        result = Buffer.concat([head, tail.subarray(0, count), tail]);
        break;
      default:
        result = Buffer.concat([head, Buffer.alloc(4, 255), tail.subarray(4)]);
    }
  }
  return result;
}

const [count, seconds, seed] = process.argv.slice(2).map(Number);
const random = new Random(seed);
const kinds = await samples();
// A sample that cannot be read as it is would make every change of it an error.
for (const { name, bytes, read } of kinds) {
  const { ended, message } = await attempt(() => read(bytes, false));
  if (ended !== "answer") throw new Error(`${name}: the unchanged sample must be read, got ${message}`);
}
const total = kinds.reduce((sum, { share }) => sum + share, 0);
const tally = Object.fromEntries(kinds.map(({ name }) => [name, { ran: 0, answers: 0, typedErrors: 0 }]));
const failures = [];
let crashed;
for (const event of ["unhandledRejection", "uncaughtException"]) {
  process.on(event, (error) => {
    crashed = error;
  });
}
const started = performance.now();
for (let ran = 0; ran < count && performance.now() - started < 1000 * seconds; ran++) {
  let draw = random.next() * total;
  const kind =
    kinds.find(({ share }) => {
      draw -= share;
      return draw < 0;
    }) ?? kinds[0];
  const bytes = mutated(kind.bytes, random);
  const { ended, message } = await attempt(() => kind.read(Uint8Array.from(bytes), random.integer(2) === 0));
  const row = tally[kind.name];
  row.ran++;
  if (ended === "answer") row.answers++;
  else if (ended === "typed error") row.typedErrors++;
  if (crashed !== undefined || ended === "hang" || ended === "other error") {
    failures.push({
      kind: kind.name,
      number: ran,
      ended: crashed === undefined ? ended : "crash",
      message: message ?? String(crashed),
      file: bytes.length < 4000 ? bytes.toString("base64") : undefined,
    });
    crashed = undefined;
    if (ended === "hang" || failures.length >= 50) break;
  }
}
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({
    ran: Object.values(tally).reduce((sum, { ran }) => sum + ran, 0),
    asked: count,
    seed,
    peakMegabytes: Math.round(maxRSS / 1024),
    kinds: tally,
    failures,
  }),
  () => process.exit(0),
);
