export type Vector = readonly [x: number, y: number];

/** A line that can be asked where one is after so many metres. */
export interface Path {
  readonly points: readonly Vector[];
  readonly length: number;
  /** The position after so many metres, and the unit vector ahead. */
  at(meters: number): readonly [position: Vector, ahead: Vector];
}

export function pathAlong(points: readonly Vector[]): Path {
  const ends = [0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    ends.push(ends[i - 1]! + Math.hypot(b[0] - a[0], b[1] - a[1]));
  }
  const length = ends.at(-1)!;
  return {
    points,
    length,
    at(meters) {
      const inside = Math.max(0, Math.min(length, meters));
      let i = 1;
      while (i < points.length - 1 && ends[i]! < inside) i++;
      const [a, b] = [points[i - 1]!, points[i]!];
      const span = ends[i]! - ends[i - 1]! || 1;
      const share = (inside - ends[i - 1]!) / span;
      const [dx, dy] = [(b[0] - a[0]) / span, (b[1] - a[1]) / span];
      return [
        [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])],
        [dx, dy],
      ];
    },
  };
}

/** A quadratic Bézier curve in `steps` pieces, without its first point. */
export function bend(from: Vector, corner: Vector, to: Vector, steps = 12): Vector[] {
  return Array.from({ length: steps }, (_, i) => {
    const t = (i + 1) / steps;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
    return [a * from[0] + b * corner[0] + c * to[0], a * from[1] + b * corner[1] + c * to[1]] as const;
  });
}

/** How a camera above the lower end of all paths sees the plane, in pixels of an image 640 wide: y down, far things small. */
export function perspective(paths: readonly Path[]): (at: Vector) => Vector {
  const all = paths.flatMap(({ points }) => points);
  const [minX, maxX] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [minY, maxY] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  const [width, depth] = [Math.max(maxX - minX, 1), Math.max(maxY - minY, 1)];
  const near = 0.6 * Math.max(width, depth);
  return ([x, y]) => {
    const away = (y - minY + near) / near;
    return [320 + (560 * (x - (minX + maxX) / 2)) / (width * away), 460 - (620 * (y - minY)) / (near * away)];
  };
}
