import { longitudeDifference } from "../geometry/position.js";

/** A region of the plane that cuts straight segments. */
export interface ClipRegion {
  readonly minX: number;
  readonly maxX: number;
  contains(x: number, y: number): boolean;
  /** Where the segment is inside: ascending pairs of fractions in [0, 1], none of no length. */
  inside(x0: number, y0: number, x1: number, y1: number): number[];
}

/** A box with its edges, by Liang & Barsky 1984, "A new concept and method for line clipping". */
export class BoxRegion implements ClipRegion {
  constructor(
    readonly minX: number,
    readonly minY: number,
    readonly maxX: number,
    readonly maxY: number,
  ) {}

  contains(x: number, y: number): boolean {
    return x >= this.minX && x <= this.maxX && y >= this.minY && y <= this.maxY;
  }

  inside(x0: number, y0: number, x1: number, y1: number): number[] {
    let from = 0;
    let to = 1;
    for (const [start, step, low, high] of [
      [x0, x1 - x0, this.minX, this.maxX],
      [y0, y1 - y0, this.minY, this.maxY],
    ] as const) {
      if (step === 0) {
        if (start < low || start > high) return [];
        continue;
      }
      const [enter, leave] = step > 0 ? [low, high] : [high, low];
      from = Math.max(from, (enter - start) / step);
      to = Math.min(to, (leave - start) / step);
    }
    return from < to ? [from, to] : [];
  }
}

/** Rings of interleaved positions, closed; inside is what an odd number of them surrounds (so that holes are outside). */
export class PolygonRegion implements ClipRegion {
  readonly minX: number;
  readonly maxX: number;
  readonly #rings: readonly Float64Array[];

  constructor(rings: readonly Float64Array[]) {
    this.#rings = rings;
    let [minX, maxX] = [Infinity, -Infinity];
    for (const ring of rings) {
      for (let k = 0; k < ring.length; k += 2) {
        minX = Math.min(minX, ring[k]!);
        maxX = Math.max(maxX, ring[k]!);
      }
    }
    this.minX = minX;
    this.maxX = maxX;
  }

  /** The even-odd rule. A point on an edge may count as either. */
  contains(x: number, y: number): boolean {
    let isInside = false;
    this.#eachEdge((ax, ay, bx, by) => {
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) isInside = !isInside;
    });
    return isInside;
  }

  inside(x0: number, y0: number, x1: number, y1: number): number[] {
    const cuts = [0, 1];
    const [dx, dy] = [x1 - x0, y1 - y0];
    this.#eachEdge((ax, ay, bx, by) => {
      const [ex, ey] = [bx - ax, by - ay];
      const cross = dx * ey - dy * ex;
      if (cross === 0) return;
      const along = ((ax - x0) * ey - (ay - y0) * ex) / cross;
      const onEdge = ((ax - x0) * dy - (ay - y0) * dx) / cross;
      if (along > 0 && along < 1 && onEdge >= 0 && onEdge <= 1) cuts.push(along);
    });
    cuts.sort((a, b) => a - b);
    const spans: number[] = [];
    for (let k = 0; k + 1 < cuts.length; k++) {
      const [from, to] = [cuts[k]!, cuts[k + 1]!];
      const middle = (from + to) / 2;
      if (from === to || !this.contains(x0 + middle * dx, y0 + middle * dy)) continue;
      if (spans.at(-1) === from) spans[spans.length - 1] = to;
      else spans.push(from, to);
    }
    return spans;
  }

  #eachEdge(visit: (ax: number, ay: number, bx: number, by: number) => void): void {
    for (const ring of this.#rings) {
      for (let k = 0; k + 3 < ring.length; k += 2) visit(ring[k]!, ring[k + 1]!, ring[k + 2]!, ring[k + 3]!);
    }
  }
}

/** Where the line from point p to the next is inside, over all turns of the globe by which the region may lie off. */
export function insideOf(
  region: ClipRegion,
  coordinates: Float64Array,
  p: number,
  isLonLat: boolean,
): number[] {
  const [x0, y0] = [coordinates[2 * p]!, coordinates[2 * p + 1]!];
  const [nextX, y1] = [coordinates[2 * p + 2]!, coordinates[2 * p + 3]!];
  const x1 = isLonLat ? x0 + longitudeDifference(x0, nextX) : nextX;
  if (x0 === x1 && y0 === y1) {
    return shiftsOf(region, x0, x0, isLonLat).some((shift) => region.contains(x0 + shift, y0)) ? [0, 1] : [];
  }
  const spans = shiftsOf(region, Math.min(x0, x1), Math.max(x0, x1), isLonLat).flatMap((shift) =>
    region.inside(x0 + shift, y0, x1 + shift, y1),
  );
  // A region narrower than the globe meets a line of less than half a turn in one turn, or in two apart from each other.
  return spans.length > 2 ? sortedPairs(spans) : spans;
}

/** By how many degrees a stretch of longitudes must be moved to meet a region: whole turns. */
export function shiftsOf(region: ClipRegion, minX: number, maxX: number, isLonLat: boolean): number[] {
  if (!isLonLat || region.minX === -Infinity) return [0];
  const shifts: number[] = [];
  for (let turn = Math.ceil((region.minX - maxX) / 360); 360 * turn <= region.maxX - minX; turn++)
    shifts.push(360 * turn);
  return shifts;
}

function sortedPairs(spans: readonly number[]): number[] {
  const pairs = Array.from({ length: spans.length / 2 }, (_, k) => [spans[2 * k]!, spans[2 * k + 1]!]);
  return pairs.sort((a, b) => a[0]! - b[0]!).flat();
}
