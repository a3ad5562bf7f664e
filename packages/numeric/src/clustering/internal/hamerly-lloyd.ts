import type { NearestTwo, Rows } from "./rows.js";

/**
 * Lloyd's iterations with Hamerly's bounds ("Making k-means even faster", SDM 2010): an upper bound on each row's
 * distance to its centre and a lower bound on the distance to every other one. While upper ≤ max(lower, half the
 * distance from its centre to the next centre), a row cannot change its cluster and no distance is computed.
 */
export class HamerlyLloyd {
  iterations = 0;
  readonly #rows: Rows;
  readonly #k: number;
  readonly #centers: Float64Array;
  readonly #labels: Uint32Array;
  readonly #upper: Float64Array;
  readonly #lower: Float64Array;
  readonly #sizes: Float64Array;
  readonly #sums: Float64Array;
  readonly #found: NearestTwo = { nearest: 0, first: 0, second: 0 };

  /** @param centers row-major `[k, columns]`; moved in place */
  constructor(rows: Rows, centers: Float64Array) {
    this.#rows = rows;
    this.#k = centers.length / rows.columns;
    this.#centers = centers;
    this.#labels = new Uint32Array(rows.count);
    this.#upper = new Float64Array(rows.count);
    this.#lower = new Float64Array(rows.count);
    this.#sizes = new Float64Array(this.#k);
    this.#sums = new Float64Array(centers.length);
    rows.prepare(centers);
    for (let row = 0; row < rows.count; row++) this.#scan(row);
  }

  /**
   * Moves every centre to its rows' mean, then every row to its nearest centre.
   *
   * @returns the centres' summed squared movement; 0 when no label changed, since nothing will move any more
   */
  iterate(): number {
    this.iterations++;
    const moved = this.#moveCenters();
    const changed = this.#assign();
    return changed ? moved : 0;
  }

  /** The nearest centre of each row, and the inertia, from the distances themselves. */
  finish(): { labels: Uint32Array; inertia: number } {
    let inertia = 0;
    for (let row = 0; row < this.#rows.count; row++) {
      this.#tighten(row);
      inertia += this.#upper[row]! * this.#upper[row]!;
    }
    return { labels: this.#labels, inertia };
  }

  #moveCenters(): number {
    const { columns } = this.#rows;
    const previous = this.#centers.slice();
    this.#sumMembers();
    this.#fillEmpty();
    for (let center = 0; center < this.#k; center++) {
      const size = this.#sizes[center]!;
      // Only with fewer distinct rows than centres: it stays where it was.
      if (size === 0) continue;
      for (let i = center * columns; i < (center + 1) * columns; i++)
        this.#centers[i] = this.#sums[i]! / size;
    }
    this.#rows.prepare(this.#centers);
    return this.#loosenBounds(previous);
  }

  /** Sums from scratch: adding and subtracting moved rows would let rounding errors pile up. */
  #sumMembers(): void {
    const rows = this.#rows;
    const labels = this.#labels;
    const sizes = this.#sizes;
    const sums = this.#sums;
    sums.fill(0);
    sizes.fill(0);
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row]!;
      sizes[label] = sizes[label]! + 1;
      rows.addTo(sums, label, row, 1);
    }
  }

  /** Gives each empty cluster the row farthest from its own centre. */
  #fillEmpty(): void {
    for (let center = 0; center < this.#k; center++) {
      if (this.#sizes[center] !== 0) continue;
      let farthest = -1;
      let distance = 0;
      for (let row = 0; row < this.#rows.count; row++) {
        const label = this.#labels[row]!;
        if (this.#sizes[label]! < 2) continue;
        const own = this.#rows.squaredDistance(row, label);
        if (own > distance) {
          distance = own;
          farthest = row;
        }
      }
      if (farthest < 0) return;
      const label = this.#labels[farthest]!;
      this.#rows.addTo(this.#sums, label, farthest, -1);
      this.#rows.addTo(this.#sums, center, farthest, 1);
      this.#sizes[label] = this.#sizes[label]! - 1;
      this.#sizes[center] = 1;
      this.#labels[farthest] = center;
      // Nothing is known of the distances to the new centre: make the next pass compute them.
      this.#upper[farthest] = Number.POSITIVE_INFINITY;
      this.#lower[farthest] = 0;
    }
  }

  /** Widens every row's bounds by what the centres moved; returns the summed squared movement. */
  #loosenBounds(previous: Float64Array): number {
    const { columns } = this.#rows;
    const movement = new Float64Array(this.#k);
    let sum = 0;
    let largest = 0;
    let second = 0;
    let largestCenter = -1;
    for (let center = 0; center < this.#k; center++) {
      const squared = squaredDistance(previous, this.#centers, center, center, columns);
      const distance = Math.sqrt(squared);
      movement[center] = distance;
      sum += squared;
      if (distance > largest) {
        second = largest;
        largest = distance;
        largestCenter = center;
      } else if (distance > second) {
        second = distance;
      }
    }
    const labels = this.#labels;
    const upper = this.#upper;
    const lower = this.#lower;
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row]!;
      upper[row] = upper[row]! + movement[label]!;
      lower[row] = lower[row]! - (label === largestCenter ? second : largest);
    }
    return sum;
  }

  #assign(): boolean {
    const halfGap = this.#halfGaps();
    const labels = this.#labels;
    const upper = this.#upper;
    const lower = this.#lower;
    let changed = false;
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row]!;
      const bound = Math.max(halfGap[label]!, lower[row]!);
      if (upper[row]! <= bound) continue;
      this.#tighten(row);
      if (upper[row]! <= bound) continue;
      this.#scan(row);
      if (labels[row] !== label) changed = true;
    }
    return changed;
  }

  /** Half the distance from each centre to the nearest other one; infinite for a single centre. */
  #halfGaps(): Float64Array {
    const gaps = new Float64Array(this.#k).fill(Number.POSITIVE_INFINITY);
    for (let a = 0; a < this.#k; a++) {
      for (let b = a + 1; b < this.#k; b++) {
        const half = Math.sqrt(squaredDistance(this.#centers, this.#centers, a, b, this.#rows.columns)) / 2;
        gaps[a] = Math.min(gaps[a]!, half);
        gaps[b] = Math.min(gaps[b]!, half);
      }
    }
    return gaps;
  }

  #tighten(row: number): void {
    this.#upper[row] = Math.sqrt(this.#rows.squaredDistance(row, this.#labels[row]!));
  }

  /** Finds the row's nearest and second nearest centre; the lower index wins a tie. */
  #scan(row: number): void {
    const found = this.#found;
    this.#rows.nearestTwo(row, this.#k, found);
    this.#labels[row] = found.nearest;
    this.#upper[row] = Math.sqrt(found.first);
    this.#lower[row] = Math.sqrt(found.second);
  }
}

function squaredDistance(a: Float64Array, b: Float64Array, i: number, j: number, columns: number): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const difference = a[i * columns + c]! - b[j * columns + c]!;
    sum += difference * difference;
  }
  return sum;
}
