/** The points of one trajectory while it is being read; columns double when full. */
export class PointBuffer {
  xs = new Float64Array(64);
  ys = new Float64Array(64);
  timesMs = new Float64Array(64);
  length = 0;

  /** @param timeMs NaN where the points have no times */
  add(x: number, y: number, timeMs: number): void {
    const i = this.length;
    if (i === this.xs.length) {
      this.xs = doubled(this.xs);
      this.ys = doubled(this.ys);
      this.timesMs = doubled(this.timesMs);
    }
    this.xs[i] = x;
    this.ys[i] = y;
    this.timesMs[i] = timeMs;
    this.length = i + 1;
  }

  /** The time of the last point; −∞ where there is none. */
  get lastTimeMs(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.timesMs[this.length - 1]!;
  }

  reverse(): void {
    this.xs.subarray(0, this.length).reverse();
    this.ys.subarray(0, this.length).reverse();
    this.timesMs.subarray(0, this.length).reverse();
  }

  clear(): void {
    this.length = 0;
  }
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(2 * column.length);
  grown.set(column);
  return grown;
}
