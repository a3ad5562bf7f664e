import { told } from "@wayweave/cli";
import { bboxOf, TrajectorySet, ValueError, webMercator } from "@wayweave/geo-core";
import { cellSizeFor } from "../tokens/cell-size.js";
import { gridOver } from "../tokens/grid-over.js";

export const farTripsChoices = ["keep", "skip"] as const;
export const longTripsChoices = ["cut", "skip"] as const;

export interface NetworkLimits {
  /** Side of a cell; what the trips ask for where it is left out. */
  readonly cellSize?: number | undefined;
  /** Cells that a trip may go through. */
  readonly maxTokens: number;
  readonly farTrips: (typeof farTripsChoices)[number];
  readonly longTrips: (typeof longTripsChoices)[number];
}

/** The trips that a network can learn. */
export interface Learnable {
  readonly set: TrajectorySet;
  /** Indices of them among all trips. */
  readonly kept: readonly number[];
  readonly cellSizeMeters: number;
  /** What was cut or left out, with ids. */
  readonly notes: readonly string[];
}

/** Cells that a grid may have. */
const MAX_CELLS = 2 ** 24;
/** Cells that a grid has at most once far trips are left out. */
const DENSE_CELLS = 2 ** 20;
/** Cells along the median trip, where the cell size is not given. */
const CELLS_PER_TRIP = 20;

/**
 * Makes trips fit a network: leaves out those far from the others, and cuts or leaves out those that go through too many cells.
 *
 * @throws {ValueError} trips that lie too far apart for the cell size, with the options that help
 */
export function forNetwork(all: TrajectorySet, limits: NetworkLimits): Learnable {
  const { cellSize, maxTokens, farTrips, longTrips } = limits;
  const notes: string[] = [];
  const places = planeOf(all);
  let kept = Array.from({ length: all.length }, (_, i) => i);
  if (farTrips === "skip") {
    const wanted = cellSize ?? medianLength(all, places) / CELLS_PER_TRIP;
    const near = nearTrips(all, places, wanted);
    const far = kept.filter((trip) => !near.has(trip));
    kept = kept.filter((trip) => near.has(trip));
    if (far.length > 0) notes.push(`--far-trips skip left out ${told(all, far)}`);
  }
  let set = kept.length === all.length ? all : all.select(kept);
  const size = cellSize ?? cellSizeFor(set);
  checkGrid(set, size);
  const long = new Set<number>();
  // Cutting moves the grid's edge and with it the cells, so that another trip may become too long: until none is.
  for (let ends = endsAfter(set, size, maxTokens); ends.size > 0; ends = endsAfter(set, size, maxTokens)) {
    for (const i of ends.keys()) long.add(kept[i]!);
    if (longTrips === "cut") {
      set = withEnds(set, ends);
      continue;
    }
    kept = kept.filter((_, i) => !ends.has(i));
    if (kept.length === 0) {
      throw new ValueError(`--max-tokens must leave trips with --long-trips skip, got ${maxTokens}`);
    }
    set = all.select(kept);
  }
  if (long.size > 0) {
    const what = longTrips === "skip" ? "--long-trips skip left out" : "the network sees only the start of";
    notes.push(
      `more than ${maxTokens} cells (--max-tokens): ${what} ${told(
        all,
        [...long].sort((a, b) => a - b),
      )}`,
    );
  }
  return { set, kept, cellSizeMeters: size, notes };
}

/** Web Mercator metres, or x and y as they are. */
function planeOf({ coordinates, coordinateSystem }: TrajectorySet): Float64Array {
  if (coordinateSystem === "planar") return coordinates;
  const places = new Float64Array(coordinates.length);
  for (let p = 0; p < coordinates.length; p += 2) {
    places.set(webMercator.forward([coordinates[p]!, coordinates[p + 1]!]), p);
  }
  return places;
}

function medianLength({ offsets, length }: TrajectorySet, places: Float64Array): number {
  const lengths = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (let p = offsets[i]! + 1; p < offsets[i + 1]!; p++) {
      lengths[i]! += Math.hypot(places[2 * p]! - places[2 * p - 2]!, places[2 * p + 1]! - places[2 * p - 1]!);
    }
  }
  lengths.sort();
  return lengths[length >> 1] || lengths[length - 1] || 1;
}

/** `[min x, min y, max x, max y]` of one trip. */
function boxOf(
  { offsets }: TrajectorySet,
  places: Float64Array,
  trip: number,
): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let p = offsets[trip]!; p < offsets[trip + 1]!; p++) {
    const [x, y] = [places[2 * p]!, places[2 * p + 1]!];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

function cellsOf(box: readonly number[], size: number): number {
  return Math.ceil((box[2]! - box[0]!) / size + 1) * Math.ceil((box[3]! - box[1]!) / size + 1);
}

/** The most trips about the median place whose grid has at most {@link DENSE_CELLS} cells. */
function nearTrips(set: TrajectorySet, places: Float64Array, size: number): ReadonlySet<number> {
  const boxes = Array.from({ length: set.length }, (_, trip) => boxOf(set, places, trip));
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const middle = [0, 1].map((axis) => median(boxes.map((box) => (box[axis]! + box[axis + 2]!) / 2)));
  const reach = boxes.map((box) =>
    Math.max(...box.map((value, side) => Math.abs(value - middle[side % 2]!))),
  );
  const order = boxes.map((_, trip) => trip).sort((a, b) => reach[a]! - reach[b]!);
  const near = new Set<number>();
  const whole = [Infinity, Infinity, -Infinity, -Infinity];
  for (const trip of order) {
    const box = boxes[trip]!;
    for (const side of [0, 1]) whole[side] = Math.min(whole[side]!, box[side]!);
    for (const side of [2, 3]) whole[side] = Math.max(whole[side]!, box[side]!);
    if (near.size > 0 && cellsOf(whole, size) > DENSE_CELLS) break;
    near.add(trip);
  }
  return near;
}

function checkGrid(set: TrajectorySet, size: number): void {
  const [west, south, east, north] = bboxOf(set);
  if (east < west) {
    throw new ValueError(
      "--method must be one without a network for trips on both sides of the antimeridian; or give --far-trips skip, which leaves out those far from the others",
    );
  }
  const corners = new TrajectorySet({
    coordinates: Float64Array.of(west, south, east, north),
    offsets: Uint32Array.of(0, 2),
    coordinateSystem: set.coordinateSystem,
  });
  const box = boxOf(corners, planeOf(corners), 0);
  if (cellsOf(box, size) <= MAX_CELLS) return;
  const least = Math.ceil(Math.sqrt(((box[2] - box[0]) * (box[3] - box[1])) / DENSE_CELLS));
  throw new ValueError(
    `--cell-size must be about ${least} or more for trips that lie so far apart (a grid has at most ${MAX_CELLS} cells), got ${size}; or give --far-trips skip, which leaves out those far from the others`,
  );
}

/** Trips that go through more than `most` cells in a row, and how many points each keeps up to there. */
function endsAfter(set: TrajectorySet, size: number, most: number): Map<number, number> {
  const grid = gridOver(set, size);
  const ends = new Map<number, number>();
  for (let trip = 0; trip < set.length; trip++) {
    let cells = 0;
    let last = -1;
    for (let p = set.offsets[trip]!; p < set.offsets[trip + 1]!; p++) {
      const cell = grid.idAt([set.coordinates[2 * p]!, set.coordinates[2 * p + 1]!]);
      if (cell === last) continue;
      last = cell;
      if (++cells <= most) continue;
      ends.set(trip, p - set.offsets[trip]!);
      break;
    }
  }
  return ends;
}

/** The trips' positions and times, those in `ends` with so many points. */
function withEnds(set: TrajectorySet, ends: ReadonlyMap<number, number>): TrajectorySet {
  const counts = Array.from({ length: set.length }, (_, i) => ends.get(i) ?? set.pointCountOf(i));
  const offsets = new Uint32Array(set.length + 1);
  for (const [i, count] of counts.entries()) offsets[i + 1] = offsets[i]! + count;
  const coordinates = new Float64Array(2 * offsets[set.length]!);
  const timesMs = set.timesMs && new Float64Array(offsets[set.length]!);
  for (const [i, count] of counts.entries()) {
    const trip = set.at(i);
    coordinates.set(trip.coordinates.subarray(0, 2 * count), 2 * offsets[i]!);
    if (trip.timesMs !== undefined) timesMs?.set(trip.timesMs.subarray(0, count), offsets[i]!);
  }
  const { ids, coordinateSystem } = set;
  return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem });
}
