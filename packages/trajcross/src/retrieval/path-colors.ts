import type { Raster } from "../data/resize.js";
import { sampleLine } from "./sample-line.js";

/** A path is looked at in so many places at most. */
const mostPlaces = 200;
/** Colours of the path that are tried as the line's. */
const hypotheses = 10;
/** Distances of the parallels on both sides, in cells of the reading. */
const parallels = [2, 3.5] as const;
/** The path may be off by so many cells. */
const slack = 0.4;
/** Colours so far apart are different; red, green and blue 0 … 255. */
const farColor = 48;

/**
 * The colours of a picture along tracks: the line that a picture shows has one colour, or a few, where paths beside it have others. This needs
 * no reading of the line, so it helps where that is in doubt.
 */
export class PathColors {
  readonly #picture: Raster;
  /** Pixels a cell. */
  readonly #across: number;
  readonly #down: number;

  /** @param picture in colour @param reading of it, in whose cells tracks are given */
  constructor(picture: Raster, reading: { readonly columns: number; readonly rows: number }) {
    this.#picture = picture;
    this.#across = picture.width / reading.columns;
    this.#down = picture.height / reading.rows;
  }

  /**
   * How much a path differs from its parallels: its share in the colour that tells it best, less that of the parallels, 0 … 1. 0 where the
   * picture does not show it.
   *
   * @param cells a track's positions in cells
   */
  contrast(cells: Float64Array): number {
    const { width, height } = this.#picture;
    const path = placesInside(cells, width / this.#across, height / this.#down);
    const places = path.length / 4;
    if (places < 2) return 0;
    const own = this.#colors(path, [-slack, 0, slack]);
    const aside = parallels.flatMap((at) => [-at - slack, -at, -at + slack, at - slack, at, at + slack]);
    const other = this.#colors(path, aside);
    let best = 0;
    const every = Math.max(1, Math.floor(places / hypotheses));
    for (let place = every >> 1; place < places; place += every) {
      const color = own.subarray(9 * place + 3, 9 * place + 6); // the middle one of three
      best = Math.max(best, alike(color, own, places) - alike(color, other, 4 * places));
    }
    return best;
  }

  /** Colours at some distances aside from a path: `[places, offsets, 3]`. */
  #colors(path: Float64Array, offsets: readonly number[]): Float32Array {
    const { data, width, height } = this.#picture;
    const colors = new Float32Array((path.length / 4) * offsets.length * 3);
    let to = 0;
    for (let i = 0; i < path.length; i += 4) {
      for (const offset of offsets) {
        const x = (path[i]! - offset * path[i + 3]!) * this.#across;
        const y = (path[i + 1]! + offset * path[i + 2]!) * this.#down;
        const column = Math.max(0, Math.min(width - 1, Math.floor(x)));
        const row = Math.max(0, Math.min(height - 1, Math.floor(y)));
        const from = 3 * (row * width + column);
        colors[to++] = data[from]!;
        colors[to++] = data[from + 1]!;
        colors[to++] = data[from + 2]!;
      }
    }
    return colors;
  }
}

/** Places about a cell apart along a polyline, as far as they lie in the picture, and the direction there: x, y, dx, dy. */
function placesInside(cells: Float64Array, columns: number, rows: number): Float64Array {
  const { length } = sampleLine(cells, 1);
  const count = Math.max(8, Math.min(8 * mostPlaces, Math.round(length)));
  const { positions } = sampleLine(cells, count);
  const inside: number[] = [];
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i]!, positions[i + 1]!];
    if (!(x >= 0 && y >= 0 && x < columns && y < rows)) continue;
    const [before, after] = [Math.max(0, i - 2), Math.min(positions.length - 2, i + 2)];
    const [dx, dy] = [positions[after]! - positions[before]!, positions[after + 1]! - positions[before + 1]!];
    const step = Math.hypot(dx, dy) || 1;
    inside.push(x, y, dx / step, dy / step);
  }
  const every = Math.ceil(inside.length / 4 / mostPlaces);
  if (every <= 1) return Float64Array.from(inside);
  return Float64Array.from(inside.filter((_, i) => Math.floor(i / 4) % every === 0));
}

/** Mean likeness to one colour of the likest of each three colours: 1 the same, 0 far. */
function alike(color: Float32Array, colors: Float32Array, groups: number): number {
  const [r, g, b] = [color[0]!, color[1]!, color[2]!];
  let sum = 0;
  for (let group = 0; group < groups; group++) {
    let nearest = farColor * farColor;
    for (let i = 9 * group; i < 9 * group + 9; i += 3) {
      const [dr, dg, db] = [colors[i]! - r, colors[i + 1]! - g, colors[i + 2]! - b];
      nearest = Math.min(nearest, dr * dr + dg * dg + db * db);
    }
    sum += 1 - nearest / (farColor * farColor);
  }
  return sum / groups;
}
