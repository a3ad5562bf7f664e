import { checkThere, prepareOutputs, type ReadingFlags, readTrips, tellOneTrip, told } from "@wayweave/cli";
import { type DistanceMetric, nearestTrajectories, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { TripIndex } from "../similarity/trip-index.js";
import { checkCoordinateSystem, checkTimes, loadModel, tripsOutside } from "./load-model.js";
import { fitView } from "./progress.js";
import { checkWritable, formatOf, tellReplaced, writeTrips } from "./write-trips.js";

export const distanceNames = ["dtw", "frechet", "hausdorff", "edr", "lcss"] as const;

export interface SimilarFlags extends ReadingFlags {
  readonly id?: string;
  readonly query?: string;
  readonly k: number;
  readonly distance: (typeof distanceNames)[number];
  readonly epsilon?: number;
  readonly model?: string;
  readonly out?: string;
  readonly json?: true;
}

interface Hit {
  readonly index: number;
  readonly id: string;
  readonly distance: number;
}

const COLUMNS = ["rank", "distance"];

/** `similar`: the trips that are nearest to one. */
export async function similar(source: string, flags: SimilarFlags, signal: AbortSignal): Promise<void> {
  const { out, k, model, json } = flags;
  const metric = model === undefined ? metricOf(flags) : undefined;
  if ((flags.id === undefined) === (flags.query === undefined)) {
    throw new ValueError("--id or --query must say which trip, one of them");
  }
  if (out !== undefined) formatOf("--out", out);
  await prepareOutputs(
    { "--out": out, "--skip-report": flags.skipReport },
    { "the trips": source, "--query": flags.query, "--model": model },
  );
  const { set, report } = await readTrips(source, flags, signal);
  tellOneTrip(source, set, report, flags);
  const { query, own } = await queryOf(set, flags, signal);
  const found = withoutEmpty(set, own);
  if (found.length === 0)
    throw new ValueError(`${source} must hold a trip besides the one asked for, got none`);
  const others = set.select(found);
  if (out !== undefined) {
    await checkWritable("--out", out, others, COLUMNS);
    tellReplaced(others, COLUMNS);
  }
  const hits = await (model === undefined
    ? nearestTrajectories(others, query.coordinates, { distance: metric!, k, signal })
    : nearestByModel(model, others, query, k, signal));
  if (out !== undefined) {
    await writeTrips(
      out,
      others.select(hits.map(({ index }) => index)),
      { rank: hits.map((_, i) => i + 1), distance: hits.map(({ distance }) => distance) },
      signal,
    );
  }
  const { unit, words } = unitOf(flags);
  if (json) {
    process.stdout.write(`${JSON.stringify(hits.map(({ id, distance }) => ({ id, distance, unit })))}\n`);
    return;
  }
  // Beside the lines, which programs read.
  process.stderr.write(`rank, distance (${words}), id:\n`);
  process.stdout.write(lines(hits));
}

/** @throws {ValueError} edr or lcss without an ε */
function metricOf({ distance, epsilon }: SimilarFlags): DistanceMetric {
  if (distance !== "edr" && distance !== "lcss") return { name: distance };
  if (epsilon === undefined) {
    throw new ValueError(
      `--epsilon must be given with --distance ${distance}: how far apart points may be that match, in metres (with --planar in the positions' unit)`,
    );
  }
  return distance === "edr" ? { name: "edr", epsilon } : { name: "lcss", epsilon, value: "distance" };
}

/** What distances are counted in: a word for programs, and how they are counted for people. */
interface Unit {
  readonly unit: "metres" | "planar" | "edits" | "share" | "embedding";
  readonly words: string;
}

function unitOf({ distance, model, planar }: SimilarFlags): Unit {
  if (model !== undefined) return { unit: "embedding", words: "of embeddings" };
  if (distance === "edr") return { unit: "edits", words: "edits" };
  if (distance === "lcss") return { unit: "share", words: "share of points without a match" };
  const length = planar ? "in the positions' unit" : "metres";
  const words = distance === "dtw" ? `${length}, added up over matched points` : length;
  return { unit: planar ? "planar" : "metres", words };
}

/** The trip asked for, as a set of one, and its index where it is one of the trips. */
async function queryOf(
  set: TrajectorySet,
  { id, query, ...flags }: SimilarFlags,
  signal: AbortSignal,
): Promise<{ readonly query: TrajectorySet; readonly own: number }> {
  if (query !== undefined) {
    await checkThere(query);
    const { skipReport: _, ...reading } = flags;
    const { set: read } = await readTrips(query, reading, signal);
    if (read.length !== 1)
      throw new ValueError(`--query must be a file of one trip, got ${read.length}; or give --id`);
    return { query: nonEmpty("--query", read), own: -1 };
  }
  const all = Array.from({ length: set.length }, (_, i) => i);
  const byId = all.filter((i) => (set.ids?.[i] ?? String(i)) === id);
  // Files of devices number their tracks; their users know the tracks' names.
  const indices = byId.length > 0 ? byId : all.filter((i) => set.properties.name?.[i] === id);
  if (indices.length !== 1) {
    const some = Array.from({ length: Math.min(5, set.length) }, (_, i) => set.ids?.[i] ?? String(i)).join(
      ", ",
    );
    const same = all.length > 0 && byId.length === 0 ? "name" : "id";
    const ids = indices.slice(0, 5).map((i) => set.ids?.[i] ?? String(i));
    const why =
      indices.length === 0
        ? `none has it; there are ${some}, …`
        : `${indices.length} have this ${same}: ${ids.join(", ")}${indices.length > 5 ? ", …" : ""}`;
    throw new ValueError(`--id must be the id or the name of one trip, got ${JSON.stringify(id)} (${why})`);
  }
  return { query: nonEmpty("--id", set.select(indices)), own: indices[0]! };
}

function nonEmpty(option: string, set: TrajectorySet): TrajectorySet {
  if (set.pointCount === 0) throw new ValueError(`${option} must be a trip with points, got one without`);
  return set;
}

function withoutEmpty(set: TrajectorySet, own: number): number[] {
  const all = Array.from({ length: set.length }, (_, i) => i);
  return all.filter((i) => i !== own && set.pointCountOf(i) > 0);
}

async function nearestByModel(
  file: string,
  trips: TrajectorySet,
  query: TrajectorySet,
  k: number,
  signal: AbortSignal,
): Promise<Hit[]> {
  const model = await loadModel(file);
  const view = fitView(process.stderr);
  try {
    checkCoordinateSystem(model, trips);
    if (model.info.timeOfDay) {
      const otherwise = "--distance needs no model";
      checkTimes("the trip asked for", query, otherwise);
      checkTimes("the trips", trips, otherwise);
    }
    // Beyond its area a model cannot tell trips apart.
    const outside = tripsOutside(trips, model);
    if (outside.length > 0) {
      process.stderr.write(`note: outside the area that the model has learnt: ${told(trips, outside)}\n`);
    }
    if (tripsOutside(query, model).length > 0) {
      throw new ValueError(
        "--model must have learnt where the trip asked for lies; --distance needs no model",
      );
    }
    const index = new TripIndex(model);
    await index.add(trips, {
      signal,
      onProgress: (progress) => view.update({ phase: "embed", ...progress }),
    });
    return await index.nearest(query, { k, signal });
  } finally {
    view.stop();
    await model.dispose();
  }
}

function lines(hits: readonly Hit[]): string {
  return hits.map(({ id, distance }, i) => `${i + 1}\t${Number(distance.toPrecision(6))}\t${id}\n`).join("");
}
