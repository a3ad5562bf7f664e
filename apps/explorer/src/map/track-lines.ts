import { type Box, type System, toWorld, type View } from "./view.js";

/** What lines are made of: the columns of a `TrajectorySet`. */
export interface LineColumns {
  readonly coordinates: Float64Array;
  readonly offsets: Uint32Array;
  readonly coordinateSystem: System;
}

interface Level {
  /** World coordinates, interleaved. */
  readonly points: Float64Array;
  readonly offsets: Uint32Array;
}

/**
 * Tracks as lines of the world, with fewer points the farther one is away: what a pixel would swallow is left out, so that 10,000 tracks
 * are drawn in a few frames. A level is made when it is first drawn.
 */
export class TrackLines {
  readonly count: number;
  /** `[tracks × 4]`: minX, minY, maxX, maxY; a track without points has none (NaN). */
  readonly boxes: Float64Array;
  readonly box: Box | undefined;
  readonly system: System;
  readonly #full: Level;
  readonly #levels = new Map<number, Level>();

  constructor({ coordinates, offsets, coordinateSystem }: LineColumns) {
    this.system = coordinateSystem;
    this.count = offsets.length - 1;
    const points = new Float64Array(coordinates.length);
    this.boxes = new Float64Array(4 * this.count).fill(Number.NaN);
    let all: [number, number, number, number] | undefined;
    for (let i = 0; i < this.count; i++) {
      const box = placeTrack(points, coordinates, offsets[i]!, offsets[i + 1]!, coordinateSystem);
      if (box === undefined) continue;
      this.boxes.set(box, 4 * i);
      all = all === undefined ? box : joined(all, box, coordinateSystem);
    }
    this.box = all;
    this.#full = { points, offsets };
  }

  /** The points of a track as the view needs them: no two within half a pixel of each other. */
  pointsAt(view: View): Level {
    const octave = Math.ceil(Math.log2(view.scale));
    const made = this.#levels.get(octave) ?? this.#made(octave);
    this.#levels.set(octave, made);
    return made;
  }

  /** How far the tracks' copy of the world that is nearest to the view lies off, in worlds. */
  shiftFor(view: View, track: number): number {
    if (this.system === "planar") return 0;
    const middle = (this.boxes[4 * track]! + this.boxes[4 * track + 2]!) / 2;
    return Math.round(view.centerX - middle);
  }

  isVisible(track: number, [minX, minY, maxX, maxY]: Box, shift: number): boolean {
    const { boxes } = this;
    const at = 4 * track;
    return (
      boxes[at]! + shift <= maxX &&
      boxes[at + 2]! + shift >= minX &&
      boxes[at + 1]! <= maxY &&
      boxes[at + 3]! >= minY
    );
  }

  /** The track nearest to a pixel, if one is within `reach` pixels and passes. */
  nearest(
    view: View,
    x: number,
    y: number,
    reach: number,
    passes: (track: number) => boolean,
  ): number | undefined {
    const [worldX, worldY] = view.worldAt(x, y);
    const limit = reach / view.scale;
    const near: Box = [worldX - limit, worldY - limit, worldX + limit, worldY + limit];
    const { points, offsets } = this.pointsAt(view);
    let best = limit * limit;
    let found: number | undefined;
    for (let i = 0; i < this.count; i++) {
      const shift = this.shiftFor(view, i);
      if (!this.isVisible(i, near, shift) || !passes(i)) continue;
      const distance = squaredDistance(points, offsets[i]!, offsets[i + 1]!, worldX - shift, worldY);
      if (distance <= best) {
        best = distance;
        found = i;
      }
    }
    return found;
  }

  /** A point of a track in the world, by its index in the set. */
  pointAt(index: number): [x: number, y: number] {
    return [this.#full.points[2 * index]!, this.#full.points[2 * index + 1]!];
  }

  #made(octave: number): Level {
    const level = thinned(this.#full, 0.5 / 2 ** octave);
    // Where hardly a point is left out, the copy is not worth its memory.
    return level.points.length > 0.9 * this.#full.points.length ? this.#full : level;
  }
}

/** Writes a track's world coordinates; across the antimeridian it goes on beyond the world's edge. @returns its box */
function placeTrack(
  out: Float64Array,
  coordinates: Float64Array,
  start: number,
  end: number,
  system: System,
): [number, number, number, number] | undefined {
  if (start === end) return undefined;
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  let before = Number.NaN;
  for (let p = start; p < end; p++) {
    let [x, y] = toWorld(system, coordinates[2 * p]!, coordinates[2 * p + 1]!);
    if (system === "lonlat" && p > start) x += Math.round(before - x);
    before = x;
    out[2 * p] = x;
    out[2 * p + 1] = y;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return [minX, minY, maxX, maxY];
}

function joined(
  a: readonly [number, number, number, number],
  b: readonly [number, number, number, number],
  system: System,
): [number, number, number, number] {
  // The short way round the world.
  const shift = system === "lonlat" ? Math.round((a[0] + a[2] - b[0] - b[2]) / 2) : 0;
  return [
    Math.min(a[0], b[0] + shift),
    Math.min(a[1], b[1]),
    Math.max(a[2], b[2] + shift),
    Math.max(a[3], b[3]),
  ];
}

/** Leaves out points within `tolerance` of the last that was kept; a track's ends stay. */
function thinned({ points, offsets }: Level, tolerance: number): Level {
  const kept = new Float64Array(points.length);
  const starts = new Uint32Array(offsets.length);
  let n = 0;
  for (let i = 0; i + 1 < offsets.length; i++) {
    const [start, end] = [offsets[i]!, offsets[i + 1]!];
    let lastX = Number.POSITIVE_INFINITY;
    let lastY = Number.POSITIVE_INFINITY;
    for (let p = start; p < end; p++) {
      const x = points[2 * p]!;
      const y = points[2 * p + 1]!;
      const isNear = Math.abs(x - lastX) < tolerance && Math.abs(y - lastY) < tolerance;
      if (isNear && p !== end - 1) continue;
      kept[2 * n] = x;
      kept[2 * n + 1] = y;
      lastX = x;
      lastY = y;
      n++;
    }
    starts[i + 1] = n;
  }
  return { points: kept.slice(0, 2 * n), offsets: starts };
}

function squaredDistance(points: Float64Array, start: number, end: number, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let p = start; p < end; p++) {
    const ax = points[2 * p]!;
    const ay = points[2 * p + 1]!;
    const next = Math.min(p + 1, end - 1);
    const dx = points[2 * next]! - ax;
    const dy = points[2 * next + 1]! - ay;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
    const distance = (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2;
    if (distance < best) best = distance;
  }
  return best;
}
