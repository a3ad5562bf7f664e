import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { makeFolderOf } from "@wayweave/cli";
import { TrajectorySet, toGeoJson, toGpx } from "@wayweave/geo-core";
import { writeAtomically, writeParquet } from "@wayweave/geo-core/node";
import { CsvTable } from "./csv-table.js";
import { formatOf } from "./write-trips.js";

/**
 * Writes batches of trips as they come, in memory that does not grow with their number. The file appears whole or not at all.
 *
 * A CSV file has a row a trip, with its id, line, times, and the columns of the first batch, since a table has one header; what later
 * trips have besides is told on stderr. Parquet alone is written at the end, from memory.
 *
 * @param columns properties that every batch has
 */
export async function writeStream(
  file: string,
  batches: AsyncIterable<TrajectorySet>,
  columns: readonly string[],
): Promise<void> {
  const format = formatOf("--out", file);
  const target = await makeFolderOf(file);
  if (format === "parquet") {
    const sets: TrajectorySet[] = [];
    for await (const set of batches) sets.push(set);
    await writeParquet(target, sets.length === 0 ? TrajectorySet.fromArrays([]) : TrajectorySet.concat(sets));
    return;
  }
  const table = new CsvTable(columns);
  const texts = {
    geojson: collection,
    geojsonl: lines,
    gpx,
    csv: (all: typeof batches) => table.text(all),
  };
  const text = bytesOf(texts[format](batches));
  await writeAtomically(target, async (write) => {
    const writeAll = async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) await write(chunk);
    };
    await (/\.gz$/i.test(file) ? pipeline(text, createGzip(), writeAll) : writeAll(text));
  });
  for (const [name, trips] of table.leftOut)
    process.stderr.write(
      `left out of ${file}: ${name} of ${trips} trips, since the first ones have it not or of another kind; .geojsonl keeps it\n`,
    );
}

async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  for await (const text of texts) yield Buffer.from(text, "utf8");
}

async function* lines(batches: AsyncIterable<TrajectorySet>): AsyncGenerator<string, void> {
  for await (const set of batches) {
    yield toGeoJson(set)
      .features.map((feature) => `${JSON.stringify(feature)}\n`)
      .join("");
  }
}

async function* collection(batches: AsyncIterable<TrajectorySet>): AsyncGenerator<string, void> {
  yield '{"type":"FeatureCollection","features":[\n';
  let separator = "";
  for await (const set of batches) {
    if (set.length === 0) continue;
    const features = toGeoJson(set).features.map((feature) => JSON.stringify(feature));
    yield separator + features.join(",\n");
    separator = ",\n";
  }
  yield "\n]}\n";
}

/** GPX files of all batches in one: the first one's head, every one's tracks, one end. */
async function* gpx(batches: AsyncIterable<TrajectorySet>): AsyncGenerator<string, void> {
  const end = "</gpx>\n";
  const empty = toGpx(TrajectorySet.fromArrays([]));
  const head = empty.slice(0, -end.length);
  yield head;
  for await (const set of batches) yield toGpx(set).slice(head.length, -end.length);
  yield end;
}
