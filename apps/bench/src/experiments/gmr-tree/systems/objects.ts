import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { FormatError, type Random } from "@wayweave/geo-core";
import type { LoadedData, RunContext } from "../../experiment.js";

/** `cities`: real GeoNames cities, each point moved by some ten kilometres. `uniform`: the contiguous US as a box. */
export type PointsName = "cities" | "uniform";
/** `posteriors`: peaked class probabilities. `mixtures`: 50 clusters on the sphere. */
export type MeaningName = "posteriors" | "mixtures";

/** Which objects, how many, and what their vectors are like. */
export interface ObjectSpec {
  readonly objects: number;
  readonly dimensions: number;
  readonly points: PointsName;
  readonly meaning: MeaningName;
}

/** Objects with a place and a vector, and queries of the same kind: what a search system gets. */
export interface SearchObjects {
  readonly spec: Pick<ObjectSpec, "objects" | "dimensions">;
  /** [objects, 2], lon/lat */
  readonly positions: Float64Array;
  /** [objects, dimensions], of length 1 */
  readonly vectors: Float32Array;
  readonly queryPositions: Float64Array;
  readonly queryVectors: Float32Array;
}

/** Made objects, with queries at objects' places. */
export interface ObjectSet extends SearchObjects, LoadedData {
  readonly spec: ObjectSpec;
}

export const QUERIES = 500;
const JITTER_DEGREES = 0.1;
const CLUSTERS = 50;
const CLUSTER_NOISE = 0.5;

export function nameOf({ objects, dimensions, points, meaning }: ObjectSpec): string {
  const size = objects >= 1e6 ? `${objects / 1e6}M` : `${objects / 1e3}k`;
  return `${size} d${dimensions}, ${meaning} at ${points}`;
}

/** Makes the objects of a run, from its seed. */
export function loadObjects(context: RunContext, spec: ObjectSpec): Promise<ObjectSet> {
  const key = `gmr-tree ${nameOf(spec)} seed ${context.seed}`;
  return context.load(spec.points === "cities" ? "geonames" : null, key, async (located) => {
    const random = context.random.split(key);
    const cities = located === undefined ? undefined : await readCities(located.paths[0]!);
    const positions =
      spec.points === "uniform"
        ? uniformPositions(random.split("points"), spec.objects)
        : cityPositions(
            random.split("points"),
            spec.objects,
            cities ?? syntheticCities(random.split("cities")),
          );
    const draw = vectorSource(random.split("clusters"), spec);
    const queries = random.split("queries");
    const queryPositions = new Float64Array(2 * QUERIES);
    for (let q = 0; q < QUERIES; q++) {
      const object = queries.integer(spec.objects);
      queryPositions.set(positions.subarray(2 * object, 2 * object + 2), 2 * q);
    }
    return {
      spec,
      positions,
      vectors: draw(random.split("vectors"), spec.objects),
      queryPositions,
      queryVectors: draw(queries, QUERIES),
      provenance: {
        name: nameOf(spec),
        source: cities === undefined ? "synthetic" : "real",
        files: located?.files ?? [],
        sha256: located?.sha256 ?? [],
        counts: { objects: spec.objects, cities: (cities?.length ?? 0) / 2 },
      },
    };
  });
}

/** Longitude and latitude of every row of GeoNames' `lat,lon,name,…`: [cities, 2]. */
export async function readCities(path: string): Promise<Float64Array> {
  const text = (await promisify(gunzip)(await readFile(path))).toString("utf8");
  const lines = text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "");
  const positions = new Float64Array(2 * lines.length);
  lines.forEach((line, i) => {
    const [lat, lon] = line.split(",", 2).map(Number);
    if (!Number.isFinite(lat) || !Number.isFinite(lon)) {
      throw new FormatError(`must begin with lat,lon, got ${JSON.stringify(line)}`, {
        file: path,
        line: i + 2,
      });
    }
    positions.set([lon!, lat!], 2 * i);
  });
  return positions;
}

/** A thousand made-up cities on land's latitudes, where GeoNames is not found. */
export function syntheticCities(random: Random): Float64Array {
  return Float64Array.from({ length: 2000 }, (_, i) =>
    i % 2 === 0 ? random.uniform(-180, 180) : random.uniform(-55, 70),
  );
}

export function cityPositions(random: Random, count: number, cities: Float64Array): Float64Array {
  const positions = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const city = 2 * random.integer(cities.length / 2);
    positions[2 * i] = clamp(cities[city]! + JITTER_DEGREES * random.normal(), 180);
    positions[2 * i + 1] = clamp(cities[city + 1]! + JITTER_DEGREES * random.normal(), 90);
  }
  return positions;
}

function clamp(degrees: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, degrees));
}

function uniformPositions(random: Random, count: number): Float64Array {
  const positions = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    positions[2 * i] = random.uniform(-125, -67);
    positions[2 * i + 1] = random.uniform(25, 49);
  }
  return positions;
}

/** Draws unit vectors of a distribution whose clusters are fixed. */
function vectorSource(
  random: Random,
  { dimensions, meaning }: ObjectSpec,
): (random: Random, count: number) => Float32Array {
  const centers = Float64Array.from({ length: CLUSTERS * dimensions }, () => random.normal());
  for (let c = 0; c < CLUSTERS; c++) normalize(centers, c * dimensions, dimensions);
  // With this head start one class gets about 70 % of the probability, whatever their number.
  const peak = Math.log(dimensions) + 1.5;
  const noise = CLUSTER_NOISE / Math.sqrt(dimensions);
  return (draw, count) => {
    const vectors = new Float32Array(count * dimensions);
    for (let i = 0; i < count; i++) {
      const row = i * dimensions;
      const cluster = draw.integer(meaning === "posteriors" ? dimensions : CLUSTERS);
      for (let j = 0; j < dimensions; j++) {
        vectors[row + j] =
          meaning === "posteriors"
            ? Math.exp(draw.normal() + (j === cluster ? peak : 0))
            : centers[cluster * dimensions + j]! + noise * draw.normal();
      }
      normalize(vectors, row, dimensions);
    }
    return vectors;
  };
}

function normalize(vectors: Float32Array | Float64Array, offset: number, length: number): void {
  let squares = 0;
  for (let j = 0; j < length; j++) squares += vectors[offset + j]! ** 2;
  for (let j = 0; j < length; j++) vectors[offset + j]! /= Math.sqrt(squares);
}
