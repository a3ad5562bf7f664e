// Peak memory and speed of `wayweave-e2dtc predict` over many trips, as the command itself runs them: GeoJSON lines in, GeoJSON lines out.
//
//   pnpm --filter @wayweave/e2dtc... build && node packages/e2dtc/bench/predict-memory.mjs [trips …]
//
// With several numbers of trips the peaks show whether memory grows with the file. The model is small and hardly trained, which changes
// neither memory nor speed. The trips are 10,000 synthetic ones of 16 points, shifted by up to 50 m a time that they are repeated. The files are
// made in the temporary folder and removed afterwards. The figures go to results/predict-memory.json.
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createCity, Random, resampleToCount, toGeoJson } from "../../geo-core/dist/index.js";
import { fitE2DTC } from "../dist/train.js";

const POINTS = 16;
const BASE = 10_000;
const LEARNT = 100;
/** About 50 m. */
const SHIFT_DEGREES = 4.5e-4;

const counts = (process.argv.length > 2 ? process.argv.slice(2) : [100_000, 1_000_000]).map(Number);
const command = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "wayweave-predict-"));
const file = (name) => join(folder, name);

/** Runs the command to its end, with what it used. */
async function run(args) {
  const usageFile = file("usage.json");
  const tellUsage = `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(usageFile)}, JSON.stringify(process.resourceUsage())));`;
  const preload = `data:text/javascript,${encodeURIComponent(tellUsage)}`;
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", preload, command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-2000)));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${errors}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(await readFile(usageFile, "utf8"));
  return {
    out,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: maxRSS / 1024,
  };
}

/** Lines of so many trips. */
function* tripLines(base, count) {
  const random = new Random(2);
  for (let trip = 0; trip < count; trip += 1000) {
    let text = "";
    for (let i = trip; i < Math.min(count, trip + 1000); i++) {
      const feature = base[i % base.length];
      const [dx, dy] = [random.next() * SHIFT_DEGREES, random.next() * SHIFT_DEGREES];
      const at = feature.geometry.coordinates.map(
        ([lon, lat]) => `[${(lon + dx).toFixed(6)},${(lat + dy).toFixed(6)}]`,
      );
      text += `{"type":"Feature","id":"trip-${i}","properties":{"day":${i % 7}},"geometry":{"type":"LineString","coordinates":[${at}]}}\n`;
    }
    yield text;
  }
}

async function linesOf(path) {
  let lines = 0;
  for await (const _ of createInterface({ input: createReadStream(path) })) lines++;
  return lines;
}

const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}`;
const rounded = (value, digits = 0) => Number(value.toFixed(digits));

try {
  const { set } = createCity({ seed: 1, trips: BASE });
  const base = toGeoJson(resampleToCount(set, { count: POINTS })).features;
  const learnt = resampleToCount(createCity({ seed: 1, trips: LEARNT }).set, { count: POINTS });
  const { model } = await fitE2DTC(learnt, {
    k: 4,
    size: "small",
    threads: 1,
    pretrain: { epochs: 1 },
    selfTrain: { epochs: 1 },
  });
  await model.save(file("model.onnx"));
  await model.dispose();
  const rows = [];
  for (const trips of counts) {
    await pipeline(Readable.from(tripLines(base, trips)), createWriteStream(file("trips.geojsonl")));
    const { size } = await stat(file("trips.geojsonl"));
    const used = await run([
      "predict",
      file("trips.geojsonl"),
      "--model",
      file("model.onnx"),
      "--out",
      file("out.geojsonl"),
    ]);
    const written = await linesOf(file("out.geojsonl"));
    if (written !== trips) throw new Error(`${trips} trips went in, ${written} came out`);
    rows.push({
      trips,
      megabytesRead: rounded(size / 1e6),
      peakMegabytes: rounded(used.peakMegabytes),
      seconds: rounded(used.seconds, 1),
      cpuSeconds: rounded(used.cpuSeconds, 1),
      tripsPerCpuSecond: rounded(trips / used.cpuSeconds),
    });
    console.log(JSON.stringify(rows.at(-1)));
    writeFileSync(
      new URL("results/predict-memory.json", import.meta.url),
      `${JSON.stringify({ points: POINTS, machine, rows }, null, 2)}\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
