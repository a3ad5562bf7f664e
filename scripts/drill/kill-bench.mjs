// kill −9 of a run of the bench, over its whole life: no file is half, no finished row is lost or run again, and the run that goes on ends with the
// outputs of one that nobody disturbed, bit for bit.
import { watch } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { filesBelow, root } from "../lib/workspace.mjs";
import { ended, killedWhen } from "./processes.mjs";

const experiment = "e2dtc/table2";

/**
 * Every other kill comes at a moment that is random over the run's life, the others within some milliseconds of a change in its folder: writes are a
 * hundredth of its life, and would hardly ever be hit otherwise. What a kill leaves is what the next run goes on from, eight times at most; then
 * the run is left to end.
 */
export async function killBench(times, random) {
  const undisturbed = await mkdtemp(join(tmpdir(), "drill-"));
  const out = await mkdtemp(join(tmpdir(), "drill-"));
  const wholeMs = await ended(run(undisturbed));
  const startMs = await ended(run(undisturbed));
  const folders = new Set(filesOf(undisturbed).map((file) => relative(undisturbed, dirname(file))));
  const rows = (await finishedRows(undisturbed)).size;
  const expected = await outputs(undisturbed);

  const report = {
    task: `bench rows (${experiment}, quick)`,
    kills: 0,
    beforeItsFirstRow: 0,
    afterItsFirstRow: 0,
    temporaryFilesLeft: 0,
    broken: 0,
    rowsLost: 0,
    endedEqual: 0,
    endedOtherwise: 0,
  };
  while (report.kills < times) {
    await rm(out, { recursive: true });
    for (const folder of folders) await mkdir(join(out, folder), { recursive: true });
    let wasKilled = true;
    for (let i = 0; wasKilled && i < 8 && report.kills < times; i++) {
      const before = await finishedRows(out);
      const lifeMs = startMs + (wholeMs - startMs) * (1 - before.size / rows);
      const moment = report.kills % 2 === 0 ? after(lifeMs * random.next()) : atAWrite(out, folders, random);
      wasKilled = await killedWhen(run(out), moment);
      const done = await finishedRows(out);
      if (wasKilled) {
        report.kills++;
        report[done.size > before.size ? "afterItsFirstRow" : "beforeItsFirstRow"]++;
      }
      report.broken += (await Promise.all(filesOf(out).map(isWhole))).filter((whole) => !whole).length;
      report.rowsLost += lost(before, done);
    }
    const before = await finishedRows(out);
    report.temporaryFilesLeft += temporaryFiles(out).length;
    if (wasKilled) await ended(run(out));
    report.rowsLost += lost(before, await finishedRows(out));
    report[(await outputs(out)) === expected ? "endedEqual" : "endedOtherwise"]++;
  }
  await rm(undisturbed, { recursive: true });
  await rm(out, { recursive: true });
  return [report];
}

function run(out) {
  const options = { data: "none", seeds: 1, threads: 1, out };
  return [
    join(root, "apps/bench/dist/cli.js"),
    "run",
    experiment,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
}

/** A moment: so many milliseconds after the start. */
function after(ms) {
  return (kill) => {
    const timer = setTimeout(kill, ms);
    return () => clearTimeout(timer);
  };
}

/** A moment: within 5 ms of one of the first 30 changes in the folders (a file that is made, filled or renamed). */
function atAWrite(out, folders, random) {
  let missing = Math.floor(30 * random.next());
  const delayMs = 5 * random.next();
  return (kill) => {
    const changed = () => {
      if (missing-- === 0) setTimeout(kill, delayMs);
    };
    const watchers = [...folders].map((folder) => watch(join(out, folder), changed));
    return () => {
      for (const watcher of watchers) watcher.close();
    };
  };
}

/** All but temporary files. */
function filesOf(out) {
  return filesBelow(out, [""]).filter((file) => !isTemporary(file));
}

function temporaryFiles(out) {
  return filesBelow(out, [""]).filter(isTemporary);
}

function isTemporary(file) {
  return basename(file).endsWith(".tmp");
}

/** Each finished row's file and its text, which says when it was run. */
async function finishedRows(out) {
  const files = filesOf(join(out, experiment, "raw"));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")])));
}

/** How many finished rows are gone or were run again. */
function lost(before, now) {
  return [...before].filter(([file, text]) => now.get(file) !== text).length;
}

/** What all rows put out, without times. */
async function outputs(out) {
  const bytes = brotliDecompressSync(await readFile(join(out, experiment, "quick.raw.json.br")));
  const { runs } = JSON.parse(bytes);
  return JSON.stringify(runs.map(({ system, dataset, seed, output }) => ({ system, dataset, seed, output })));
}

async function isWhole(file) {
  const bytes = await readFile(file);
  try {
    if (file.endsWith(".html")) return bytes.toString().trimEnd().endsWith("</html>");
    JSON.parse(file.endsWith(".br") ? brotliDecompressSync(bytes) : bytes);
    return true;
  } catch {
    return false;
  }
}
