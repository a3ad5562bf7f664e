/**
 * Reads a large CSV in batches and reports the peak resident memory: `node bench/large-csv-memory.mjs [megabytes]`.
 *
 * The file (a row a point, 200 points a trip) is made in the temporary folder and removed afterwards. Needs a build.
 */
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { streamCsv } from "../dist/node.js";

const megabytes = Number(process.argv[2] ?? 1000);
const path = join(tmpdir(), `wayweave-large-${process.pid}.csv`);

function* rows() {
  yield "trip,lon,lat,at\n";
  let written = 0;
  for (let trip = 0; written < megabytes * 1e6; trip++) {
    let text = "";
    for (let i = 0; i < 200; i++) {
      const time = new Date(1_577_836_800_000 + 1000 * (trip * 200 + i)).toISOString();
      text += `trip-${trip},${(116 + (i % 97) / 1000).toFixed(6)},${(39 + (i % 89) / 1000).toFixed(6)},${time}\n`;
    }
    written += text.length;
    yield text;
  }
}

try {
  await pipeline(Readable.from(rows()), createWriteStream(path));
  const { size } = await stat(path);
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const columns = { layout: "points", id: "trip", x: "lon", y: "lat", time: "at" };
  const stream = streamCsv(path, { columns });
  let trajectories = 0;
  let points = 0;
  let largestRss = 0;
  for await (const batch of stream) {
    trajectories += batch.trajectories.length;
    points += batch.trajectories.pointCount;
    largestRss = Math.max(largestRss, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  console.log(
    JSON.stringify({
      bytes: size,
      trajectories,
      points,
      records: stream.report.records,
      seconds: Math.round(10 * seconds) / 10,
      cpuSeconds: Math.round(10 * cpuSeconds) / 10,
      megabytesPerCpuSecond: Math.round(size / 1e6 / cpuSeconds),
      largestRssMegabytes: Math.round(largestRss / 1e6),
      peakRssMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
    }),
  );
} finally {
  await rm(path, { force: true });
}
