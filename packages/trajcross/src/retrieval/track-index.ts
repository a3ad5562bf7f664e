import { type Pace, type PlanarExtent, TrajectorySet } from "@wayweave/geo-core";
import { boundsOf } from "../internal/bounds.js";
import { joinArrays } from "../internal/parts.js";
import { type LineShape, projectedShift, shapeDistanceSquared, shapeOf, shapeSize } from "./line-shape.js";
import { sampleLine } from "./sample-line.js";

/** Samples that a shape is computed from. */
export const shapeSamples = 128;
/** Samples that are kept, for comparing a part of a track. */
export const keptSamples = 32;

/** Tracks that are near a line, best first. */
export interface NearTracks {
  /** Of the tracks, nearest first. */
  readonly indices: Uint32Array;
  /** Root mean square distance of the shapes, in the tracks' unit; for `likeShape` relative to the size. */
  readonly distances: Float64Array;
}

/** What is kept of some tracks. */
export interface TrackColumns {
  /** The tracks, planar. */
  readonly set: TrajectorySet;
  /** centreX, centreY, spread: `[tracks × 3]` */
  readonly places: Float64Array;
  /** Each track's shape about its centre: `[tracks × 64]`. */
  readonly quantiles: Float32Array;
  /** About the centre: `[tracks × 32 × 2]`. */
  readonly samples: Float32Array;
  /** Along the way, in the tracks' unit: `[tracks]`. */
  readonly lengths: Float64Array;
  /** minX, minY, maxX, maxY: `[tracks × 4]` */
  readonly boxes: Float64Array;
}

/**
 * Tracks by their points in metres of a plane, with nothing learned and no origin, scale or tile: shapes are rows of numbers that L2 compares, so the
 * nearest are found exactly.
 */
export class TrackIndex {
  readonly #part: TrackColumns;
  #extent: PlanarExtent | undefined;
  #tips: Float64Array | undefined;

  constructor(part: TrackColumns) {
    this.#part = part;
  }

  /** @param set planar, every trajectory with a point */
  static async build(
    set: TrajectorySet,
    options: {
      readonly pace: Pace;
      readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
    },
  ): Promise<TrackIndex> {
    const part = emptyPart(set);
    for (let i = 0; i < set.length; i++) {
      await options.pace.step();
      describeTrack(part, i);
      if ((i + 1) % 1024 === 0 || i + 1 === set.length)
        options.onProgress?.({ done: i + 1, total: set.length });
    }
    return new TrackIndex(part);
  }

  /** All tracks of some indexes, in their order. */
  static join(indexes: readonly TrackIndex[]): TrackIndex {
    if (indexes.length === 1) return indexes[0]!;
    const parts = indexes.map(({ part }) => part);
    return new TrackIndex({
      set: TrajectorySet.concat(parts.map(({ set }) => set)),
      places: joinArrays(
        Float64Array,
        parts.map(({ places }) => places),
      ),
      quantiles: joinArrays(
        Float32Array,
        parts.map(({ quantiles }) => quantiles),
      ),
      samples: joinArrays(
        Float32Array,
        parts.map(({ samples }) => samples),
      ),
      lengths: joinArrays(
        Float64Array,
        parts.map(({ lengths }) => lengths),
      ),
      boxes: joinArrays(
        Float64Array,
        parts.map(({ boxes }) => boxes),
      ),
    });
  }

  /** The box around all tracks. */
  get extent(): PlanarExtent {
    this.#extent ??= this.#wholeExtent();
    return this.#extent;
  }

  /** First and last point of each track, one after another so that a search reads them at once: `[tracks × 4]`. */
  get tips(): Float64Array {
    this.#tips ??= tipsOf(this.#part.set);
    return this.#tips;
  }

  #wholeExtent(): PlanarExtent {
    const { boxes } = this.#part;
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < boxes.length; i += 4) {
      minX = Math.min(minX, boxes[i]!);
      minY = Math.min(minY, boxes[i + 1]!);
      maxX = Math.max(maxX, boxes[i + 2]!);
      maxY = Math.max(maxY, boxes[i + 3]!);
    }
    return [minX, minY, maxX, maxY];
  }

  get set(): TrajectorySet {
    return this.#part.set;
  }

  get size(): number {
    return this.#part.set.length;
  }

  /** Index rows, for saving. */
  get part(): TrackColumns {
    return this.#part;
  }

  /** The k tracks whose place and shape are nearest to a line's. Exact: the bound that skips tracks is never above the distance. */
  nearest(line: LineShape, k: number): NearTracks {
    const { places, quantiles } = this.#part;
    const n = this.size;
    const heap = new BestFew(k);
    // Mean squared distance ≥ half of that of the centres and of the spreads (two of four directions).
    const bounds = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const dx = line.centerX - places[3 * i]!;
      const dy = line.centerY - places[3 * i + 1]!;
      const ds = line.spread - places[3 * i + 2]!;
      bounds[i] = (dx * dx + dy * dy) / 4 + (ds * ds) / 2;
    }
    const measure = (i: number): void => {
      const shift = projectedShift(line.centerX - places[3 * i]!, line.centerY - places[3 * i + 1]!);
      const d = shapeDistanceSquared(line.quantiles, quantiles, i * shapeSize, 1, shift, heap.limit);
      heap.offer(i, d);
    };
    const first = smallest(bounds, 4 * k);
    const isMeasured = new Uint8Array(n);
    for (const i of first) {
      isMeasured[i] = 1;
      measure(i);
    }
    for (let i = 0; i < n; i++) {
      if (isMeasured[i] === 0 && bounds[i]! <= heap.limit) measure(i);
    }
    return heap.result();
  }

  /** The k tracks whose shape is most like a line's, wherever they lie and however large they are. */
  likeShape(line: LineShape, k: number): NearTracks {
    const { places, quantiles } = this.#part;
    const heap = new BestFew(k);
    const still = projectedShift(0, 0);
    const own = Float32Array.from(line.quantiles, (value) => value / (line.spread || 1));
    for (let i = 0; i < this.size; i++) {
      const scale = 1 / (places[3 * i + 2]! || 1);
      heap.offer(i, shapeDistanceSquared(own, quantiles, i * shapeSize, scale, still, heap.limit));
    }
    return heap.result();
  }
}

function tipsOf({ coordinates, offsets, length }: TrajectorySet): Float64Array {
  const tips = new Float64Array(4 * length);
  for (let i = 0; i < length; i++) {
    const [first, last] = [2 * offsets[i]!, 2 * offsets[i + 1]! - 2];
    tips[4 * i] = coordinates[first]!;
    tips[4 * i + 1] = coordinates[first + 1]!;
    tips[4 * i + 2] = coordinates[last]!;
    tips[4 * i + 3] = coordinates[last + 1]!;
  }
  return tips;
}

function emptyPart(set: TrajectorySet): TrackColumns {
  const n = set.length;
  return {
    set,
    places: new Float64Array(3 * n),
    quantiles: new Float32Array(n * shapeSize),
    samples: new Float32Array(n * keptSamples * 2),
    lengths: new Float64Array(n),
    boxes: new Float64Array(4 * n),
  };
}

function describeTrack({ set, places, quantiles, samples, lengths, boxes }: TrackColumns, i: number): void {
  const { coordinates } = set.at(i);
  const { positions, weights, length } = sampleLine(coordinates, shapeSamples);
  const shape = shapeOf(positions, weights);
  places.set([shape.centerX, shape.centerY, shape.spread], 3 * i);
  quantiles.set(shape.quantiles, i * shapeSize);
  const every = shapeSamples / keptSamples;
  for (let s = 0; s < keptSamples; s++) {
    const from = 2 * (s * every + (every >> 1));
    samples[2 * (i * keptSamples + s)] = positions[from]! - shape.centerX;
    samples[2 * (i * keptSamples + s) + 1] = positions[from + 1]! - shape.centerY;
  }
  lengths[i] = length;
  boxes.set(boundsOf(coordinates), 4 * i);
}

/** The k smallest of many values, in one pass; equal ones by index. */
export class BestFew {
  readonly #k: number;
  readonly #indices: Uint32Array;
  readonly #values: Float64Array;
  #count = 0;

  constructor(k: number) {
    this.#k = k;
    this.#indices = new Uint32Array(k);
    this.#values = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  }

  /** What a value must be below to be among them. */
  get limit(): number {
    return this.#values[this.#k - 1]!;
  }

  offer(index: number, value: number): void {
    if (!(value < this.limit)) return;
    let at = this.#count < this.#k ? this.#count++ : this.#k - 1;
    while (at > 0 && this.#values[at - 1]! > value) {
      this.#values[at] = this.#values[at - 1]!;
      this.#indices[at] = this.#indices[at - 1]!;
      at--;
    }
    this.#values[at] = value;
    this.#indices[at] = index;
  }

  result(): NearTracks {
    return {
      indices: this.#indices.slice(0, this.#count),
      distances: this.#values.slice(0, this.#count).map(Math.sqrt),
    };
  }
}

/** Indices of the k smallest values. */
function smallest(values: Float64Array, k: number): Uint32Array {
  const few = new BestFew(Math.min(k, Math.max(1, values.length)));
  for (let i = 0; i < values.length; i++) few.offer(i, values[i]!);
  return few.result().indices;
}
