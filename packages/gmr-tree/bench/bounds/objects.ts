import type { Random } from "@wayweave/geo-core";

const CITIES = 2000;
const CLUSTERS = 50;
const RADIANS = Math.PI / 180;

export type MeaningName = "posteriors" | "mixtures";

/** Objects as rows of the tree: x, y, z, 0 on the unit sphere, then the unit vector, filled up with zeros. */
export interface Rows {
  readonly count: number;
  readonly dimensions: number;
  readonly length: number;
  /** [count, length] */
  readonly rows: Float32Array;
}

/** Objects around made-up cities, and queries at other such places, in one set of rows. */
export function drawRows(random: Random, count: number, dimensions: number, meaning: MeaningName): Rows {
  const length = 4 + 4 * Math.ceil(dimensions / 4);
  const rows = new Float32Array(count * length);
  const cities = Array.from({ length: CITIES }, () => [random.uniform(-180, 180), random.uniform(-55, 70)]);
  const draw = meaning === "posteriors" ? drawPosterior : drawMixture(random, dimensions);
  for (let row = 0; row < rows.length; row += length) {
    const [lon = 0, lat = 0] = cities[random.integer(CITIES)]!;
    const x = (lon + 0.1 * random.normal()) * RADIANS;
    const y = (lat + 0.1 * random.normal()) * RADIANS;
    rows.set([Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)], row);
    rows.set(unit(draw(random, dimensions)), row + 4);
  }
  return { count, dimensions, length, rows };
}

/** Peaked class probabilities: one class gets about 70 %. */
function drawPosterior(random: Random, dimensions: number): number[] {
  const peak = random.integer(dimensions);
  const start = Math.log(dimensions) + 1.5;
  return Array.from({ length: dimensions }, (_, j) => Math.exp(random.normal() + (j === peak ? start : 0)));
}

/** Fifty clusters on the sphere. */
function drawMixture(random: Random, dimensions: number): (random: Random) => number[] {
  const centers = Array.from({ length: CLUSTERS }, () =>
    unit(Array.from({ length: dimensions }, () => random.normal())),
  );
  const noise = 0.5 / Math.sqrt(dimensions);
  return (draw) => centers[draw.integer(CLUSTERS)]!.map((x) => x + noise * draw.normal());
}

export function unit(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((x) => (norm > 0 ? x / norm : 0));
}
