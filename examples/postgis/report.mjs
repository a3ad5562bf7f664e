// Compares the database's answers with the GMR-Tree's and with the scan, and says how long each took.
//
//   node report.mjs FOLDER [results.json]
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const [folder, out] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const database = read("answers.json");
const tree = read("gmr-tree.json");
const byMethod = { "GMR-Tree": tree.answers.map((answer, query) => ({ ...answer, query })) };
for (const answer of database.answers) {
  byMethod[answer.method] ??= [];
  byMethod[answer.method].push(answer);
}
const truth = new Map(byMethod.scan.map((answer) => [answer.query, answer]));

const rows = ["GMR-Tree", "threshold", "scan", "nearest 1,000"].map((method) => {
  const answers = byMethod[method];
  const ms = answers.map((answer) => answer.ms).sort((a, b) => a - b);
  const read = answers.map((answer) => answer.rows_read ?? 0).sort((a, b) => a - b);
  return {
    method,
    medianMs: round(ms[ms.length >> 1]),
    leastMs: round(ms[0]),
    mostMs: round(ms.at(-1)),
    medianRowsRead: read[read.length >> 1] || undefined,
    exact: answers.filter((answer) => isSame(answer, truth.get(answer.query))).length,
    queries: answers.length,
  };
});
const report = {
  madeBy: "examples/postgis/run.sh",
  machine: {
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.version,
    note: "other work ran on it too",
  },
  versions: database.versions,
  objects: Number(readFileSync(join(folder, "objects.tsv"), "utf8").split("\n").length - 1),
  databaseBytes: database.bytes,
  treeBytes: tree.bytes,
  rows,
};
console.log(JSON.stringify(report, undefined, 2));
if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, undefined, 2)}\n`);
const inexact = rows.filter(({ method, exact, queries }) => method !== "nearest 1,000" && exact !== queries);
if (inexact.length > 0) {
  console.error(`report.mjs: ${inexact.map(({ method }) => method).join(", ")} must answer as the scan does`);
  process.exit(1);
}

/** The same objects with the same scores, in the same order but for near-equal ones: the tree's vectors are float32, so scores differ by a millionth at most. */
function isSame(answer, expected) {
  const isNear = (i, j) => Math.abs(answer.scores[i] - expected.scores[j]) < 1e-6;
  return (
    answer.ids.length === expected.ids.length &&
    answer.ids.every((id, i) => {
      const place = expected.ids.indexOf(id);
      // One that is not there must share the last place.
      return isNear(i, i) && (place >= 0 ? isNear(i, place) : isNear(i, expected.ids.length - 1));
    })
  );
}

function round(value) {
  return Number(value.toPrecision(3));
}
