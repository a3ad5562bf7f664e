import { topK } from "@wayweave/eval";
import {
  azimuthalEquidistant,
  createCity,
  Pace,
  type Position,
  projectSet,
  type Random,
  type RoadNetwork,
  TrajectorySet,
} from "@wayweave/geo-core";
import type { TrackFinder } from "@wayweave/trajcross";
import { openTrackFinder } from "@wayweave/trajcross/node";
import { z } from "zod";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { drawScreenshot } from "./systems/screenshot.js";
import { squareAround } from "./systems/screenshot-square.js";

interface ManyTracksParameters {
  /** Rides of the city; the pictures show some of them. */
  readonly rides: number;
  /** Sizes of the gallery, the rides among them. */
  readonly galleries: readonly number[];
  readonly pictures: number;
}

const rawSchema = z.object({
  /** Where the ride that a picture shows came, from 1; one more than the hits asked for where it was not among them: `[pictures]`. */
  ranks: rawArrays.uint32,
  /** Processor time of a query: `[pictures]`. */
  cpuMs: rawArrays.float64,
  tracks: z.number(),
  buildCpuMs: z.number(),
  /** Of what the finder holds: coordinates and index. */
  bytes: z.number(),
});
type ManyTracksRaw = z.infer<typeof rawSchema>;

const center: Position = [-8.61, 41.15];
const hits = 10;
/** Tracks that are added together. */
const part = 50_000;
/** How far the others are moved, in metres along each axis. */
const reachMeters = 6000;

export const manyTracks = defineExperiment<ManyTracksParameters, ManyTracksRaw>({
  id: "trajcross/many-tracks",
  title: "One picture, a million tracks",
  artefact: "Beyond TrajCross",
  notes: [
    "Rides of a synthetic city, and as many others as the gallery's size says: the same rides turned by quarters, mirrored, made up to a quarter larger or a fifth smaller, and moved by up to 6 km, so all lie in one region. Pictures as the plain ones of trajcross/screenshots show rides of the city.",
    "Build and query are processor time; bytes are those of all coordinates and of the index.",
  ],
  presets: {
    quick: { rides: 1000, galleries: [1000, 10_000], pictures: 10 },
    standard: { rides: 10_000, galleries: [10_000, 100_000, 1_000_000], pictures: 50 },
    full: { rides: 10_000, galleries: [10_000, 100_000, 1_000_000], pictures: 500 },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["i2tTop1", "i2tTop10", "medianMs", "p99Ms", "buildMs", "bytesPerObject", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema,
  rows: ({ parameters }) => parameters.galleries.map((size) => rowOf(size, parameters)),
  score: ({ ranks, cpuMs, tracks, buildCpuMs, bytes }) => {
    const sorted = [...cpuMs].sort((a, b) => a - b);
    return {
      i2tTop1: 100 * topK(ranks, 1),
      i2tTop10: 100 * topK(ranks, 10),
      medianMs: sorted[Math.floor(sorted.length / 2)]!,
      p99Ms: sorted[Math.floor(0.99 * (sorted.length - 1))]!,
      buildMs: buildCpuMs,
      bytesPerObject: bytes / tracks,
      trajectories: tracks,
    };
  },
});

function rowOf(size: number, parameters: ManyTracksParameters): Row<ManyTracksRaw> {
  return {
    system: "universal, no training",
    dataset: `${size.toLocaleString("en")} tracks`,
    parameters: { tracks: size },
    paper: null,
    weight: 1 + size / 20_000,
    run: async (context) => {
      const { rides, roads } = await context.share(`rides, seed ${context.seed}`, () =>
        cityOf(context, parameters),
      );
      const finder = await openTrackFinder({ session: { threads: 1 } });
      try {
        const buildCpuMs = await addAll(context, finder, rides, size);
        const queries = await ask(context, finder, rides, roads, parameters.pictures);
        return { ...queries, tracks: size, buildCpuMs, bytes: bytesOf(finder) };
      } finally {
        await finder.dispose();
      }
    },
  };
}

async function cityOf(context: RunContext, { rides: trips }: ManyTracksParameters) {
  const { set, network } = createCity({
    seed: context.random.split("city").uint32(),
    trips,
    center,
    backgroundShare: 0.6,
  });
  return { rides: projectSet(set, azimuthalEquidistant(center)), roads: network };
}

/** The rides, then others made of them. @returns processor time of the finder's own work, in milliseconds */
async function addAll(
  context: RunContext,
  finder: TrackFinder,
  rides: TrajectorySet,
  size: number,
): Promise<number> {
  let cpu = 0;
  const add = async (set: TrajectorySet) => {
    const before = process.cpuUsage();
    await finder.add(set, { signal: context.signal });
    cpu += cpuSince(before);
  };
  await add(rides);
  for (let from = rides.length; from < size; from += part) {
    await add(others(rides, from, Math.min(part, size - from), context.random.split("others")));
    context.onProgress({ done: from, total: 2 * size });
  }
  return cpu;
}

function others(rides: TrajectorySet, from: number, count: number, random: Random): TrajectorySet {
  const lines = Array.from({ length: count }, (_, i) => {
    const own = random.split(from + i);
    const { coordinates } = rides.at(own.integer(rides.length));
    return displaced(coordinates, own);
  });
  const offsets = new Uint32Array(count + 1);
  for (const [i, line] of lines.entries()) offsets[i + 1] = offsets[i]! + line.length / 2;
  const coordinates = new Float64Array(2 * offsets[count]!);
  for (const [i, line] of lines.entries()) coordinates.set(line, 2 * offsets[i]!);
  return new TrajectorySet({ coordinates, offsets, coordinateSystem: "planar" });
}

function displaced(coordinates: Float64Array, random: Random): Float64Array {
  const quarter = random.integer(4);
  const mirror = random.next() < 0.5 ? 1 : -1;
  const scale = random.uniform(0.8, 1.25);
  const [moveX, moveY] = [
    random.uniform(-reachMeters, reachMeters),
    random.uniform(-reachMeters, reachMeters),
  ];
  const [cos, sin] = [[1, 0, -1, 0][quarter]! * scale, [0, 1, 0, -1][quarter]! * scale];
  const out = new Float64Array(coordinates.length);
  for (let i = 0; i < out.length; i += 2) {
    const [x, y] = [mirror * coordinates[i]!, coordinates[i + 1]!];
    out[i] = cos * x - sin * y + moveX;
    out[i + 1] = sin * x + cos * y + moveY;
  }
  return out;
}

async function ask(
  context: RunContext,
  finder: TrackFinder,
  rides: TrajectorySet,
  roads: RoadNetwork,
  pictures: number,
): Promise<Pick<ManyTracksRaw, "ranks" | "cpuMs">> {
  const ranks = new Uint32Array(pictures);
  const cpuMs = new Float64Array(pictures);
  const pace = new Pace(context.signal);
  for (let i = 0; i < pictures; i++) {
    await pace.step();
    const own = context.random.split("pictures").split(i);
    const ride = own.integer(rides.length);
    const { coordinates } = rides.at(ride);
    const bounds = squareAround(coordinates, false, own);
    const { size, data } = await drawScreenshot(coordinates, roads, bounds, "plain", own.split("picture"));
    const picture = { width: size, height: size, channels: 3, data, bounds } as const;
    // The first query joins what was added in parts: that belongs to building.
    if (i === 0) await finder.find(picture, { k: 1 });
    const before = process.cpuUsage();
    const found = await finder.find(picture, { k: hits, signal: context.signal });
    cpuMs[i] = cpuSince(before);
    const rank = found.hits.findIndex(({ index }) => index === ride);
    ranks[i] = rank < 0 ? hits + 1 : rank + 1;
    context.onProgress({ done: pictures + i + 1, total: 2 * pictures });
  }
  return { ranks, cpuMs };
}

function bytesOf(finder: TrackFinder): number {
  const { set, ...columns } = finder.contents().tracks;
  const own = Object.values(columns).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return own + set.coordinates.byteLength + set.offsets.byteLength;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
