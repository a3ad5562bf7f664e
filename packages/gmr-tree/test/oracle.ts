import { haversineMeters, type Random } from "@wayweave/geo-core";
import type { Hit, Id, Proximity, SearchQuery } from "../src/index.js";

/** The attributes of the things that have any. */
export type ThingAttributes = {
  readonly kind: string;
  readonly open: boolean;
  readonly price: number;
  readonly age: number;
};

/** An object as a user has it. */
export interface Thing<I extends Id = number> {
  readonly id: I;
  readonly position: readonly [number, number];
  readonly vector: readonly number[];
  readonly attributes?: { readonly [name in keyof ThingAttributes]?: ThingAttributes[name] | undefined };
}

type ThingQuery<I extends Id> = SearchQuery<ThingAttributes, I>;

/**
 * The definition of a search: score every object, sort, cut. Written apart from the library; only the order of additions
 * in the scalar product (four sums) and float32 storage of unit vectors are taken over, so that scores are equal to the
 * last bit.
 */
export function exhaustiveSearch<I extends Id>(
  things: readonly Thing<I>[],
  query: SearchQuery<never, I> | ThingQuery<I>,
  planar: boolean,
): Hit<I>[] {
  const { k = 10, mu = 0.5, proximity = { kind: "relative" } as const, after } = query;
  const { weights = { proximity: mu, similarity: 1 - mu } } = query;
  const { where = {}, signals = [] } = query as ThingQuery<I>;
  const direction = unitOf(Array.from(query.vector));
  const distances = things.map(({ position }) => distance(query.position, position, planar));
  const farthest = Math.max(0, ...distances);
  return things
    .map((thing, i) => ({ thing, distanceMeters: distances[i]! }))
    .filter(({ thing }) => meetsAll(thing, where))
    .map(({ thing, distanceMeters }): Hit<I> => {
      const nearness = proximityOf(proximity, distanceMeters, farthest);
      const similarity = cosine(direction, storedUnit(thing.vector));
      const values = signals.map((signal) => signalOf(signal, thing.attributes?.[signal.attribute]));
      const further = values.reduce((sum, value, s) => sum + signals[s]!.weight * value, 0);
      const score = weights.proximity * nearness + weights.similarity * similarity + further;
      const hit = { id: thing.id, score, distanceMeters, proximity: nearness, similarity };
      return signals.length === 0 ? hit : { ...hit, signals: values };
    })
    .filter(
      (hit) =>
        hit.distanceMeters <= (query.maxDistanceMeters ?? Number.POSITIVE_INFINITY) &&
        hit.similarity >= (query.minSimilarity ?? -1) &&
        hit.score >= (query.minScore ?? Number.NEGATIVE_INFINITY) &&
        (after === undefined ||
          hit.score < after.score ||
          (hit.score === after.score && hit.id > after.id)) &&
        (query.filter === undefined || query.filter(hit.id)),
    )
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, k);
}

function meetsAll<I extends Id>(
  { attributes = {} }: Thing<I>,
  { kind, open, price, age }: NonNullable<ThingQuery<I>["where"]>,
): boolean {
  const inRange = (value: number | undefined, condition: typeof price): boolean => {
    if (condition === undefined) return true;
    if (typeof condition === "number") return value === condition;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition;
    return value !== undefined && value >= min && value <= max;
  };
  const kinds = kind === undefined ? undefined : typeof kind === "string" ? [kind] : kind.in;
  if (kinds !== undefined && (attributes.kind === undefined || !kinds.includes(attributes.kind)))
    return false;
  if (open !== undefined && attributes.open !== open) return false;
  return inRange(attributes.price, price) && inRange(attributes.age, age);
}

function signalOf(signal: NonNullable<ThingQuery<Id>["signals"]>[number], value: unknown): number {
  if (typeof value !== "number") return 0;
  if (signal.kind === "ramp") {
    return Math.max(0, Math.min(1, (value - signal.from) / (signal.to - signal.from)));
  }
  const t = Math.max(0, Math.abs(value - signal.origin) - (signal.offset ?? 0)) / signal.scale;
  if (signal.kind === "linear") return Math.max(0, 1 - t);
  return signal.kind === "exponential" ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}

const units = new WeakMap<readonly number[], Float32Array>();

/** An object's unit vector in float32, worked out once. */
function storedUnit(vector: readonly number[]): Float32Array {
  let unit = units.get(vector);
  if (unit === undefined) {
    unit = Float32Array.from(unitOf(vector));
    units.set(vector, unit);
  }
  return unit;
}

function unitOf(vector: readonly number[]): number[] {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => (norm === 0 ? 0 : x / norm));
}

function cosine(a: readonly number[], b: Float32Array): number {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  const whole = a.length - (a.length % 4);
  for (let j = 0; j < a.length; j++) sums[j < whole ? j % 4 : 0]! += a[j]! * b[j]!;
  return Math.max(-1, Math.min(1, sums[0] + sums[1] + (sums[2] + sums[3])));
}

function distance(a: readonly number[], b: readonly number[], planar: boolean): number {
  if (!planar) return haversineMeters(a[0]!, a[1]!, b[0]!, b[1]!);
  return Math.sqrt((a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2);
}

function proximityOf(proximity: Proximity, meters: number, farthest: number): number {
  if (proximity.kind === "relative") return farthest > 0 ? Math.max(0, 1 - meters * (1 / farthest)) : 1;
  const t = Math.max(0, meters - (proximity.offsetMeters ?? 0)) * (1 / proximity.scaleMeters);
  if (proximity.kind === "linear") return Math.max(0, 1 - t);
  return proximity.kind === "exponential" ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}

/** What a random configuration is drawn from. */
export const layouts = [
  "uniform",
  "clusters",
  "antimeridian",
  "poles",
  "duplicates",
  "line",
  "city",
] as const;
export type LayoutName = (typeof layouts)[number];
export const meanings = ["posterior", "sphere", "mixture", "sparse", "zeros", "equal"] as const;
export type MeaningName = (typeof meanings)[number];

export function randomPosition(random: Random, layout: LayoutName, planar: boolean): [number, number] {
  const [x, y] = lonLat(random, layout);
  return planar ? [1e4 * x, 1e4 * y] : [Math.max(-180, Math.min(180, x)), Math.max(-90, Math.min(90, y))];
}

function lonLat(random: Random, layout: LayoutName): [number, number] {
  switch (layout) {
    case "uniform":
      return [random.uniform(-180, 180), random.uniform(-90, 90)];
    case "clusters": {
      const center = random.integer(5);
      return [40 * center - 80 + random.normal(), 20 * center - 40 + random.normal()];
    }
    case "antimeridian":
      return [
        random.integer(2) === 0 ? random.uniform(179, 180) : random.uniform(-180, -179),
        random.uniform(-3, 3),
      ];
    case "poles":
      return [
        random.uniform(-180, 180),
        random.integer(2) === 0 ? random.uniform(88, 90) : random.uniform(-90, -88),
      ];
    case "duplicates":
      return [random.integer(3), random.integer(2)];
    case "line":
      return [random.uniform(-10, 10), 51];
    default:
      return [13.7 + 0.1 * random.normal(), 51 + 0.05 * random.normal()];
  }
}

export function randomVector(random: Random, meaning: MeaningName, dimensions: number): number[] {
  const numbers = (draw: (j: number) => number): number[] =>
    Array.from({ length: dimensions }, (_, j) => draw(j));
  switch (meaning) {
    case "posterior": {
      const peak = random.integer(dimensions);
      const weights = numbers((j) => Math.exp(random.normal() + (j === peak ? 3 : 0)));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => weight / sum);
    }
    case "mixture": {
      const center = random.integer(4);
      return numbers((j) => Math.sin(1 + j * (center + 1)) + 0.2 * random.normal());
    }
    case "sparse":
      return numbers(() => (random.next() < 0.1 ? random.integer(3) : 0));
    case "zeros":
      return numbers(() => 0);
    case "equal":
      return numbers((j) => 1 + j);
    default:
      return numbers(() => random.normal());
  }
}
