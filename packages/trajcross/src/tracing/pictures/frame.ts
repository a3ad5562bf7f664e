import type { Random } from "@wayweave/geo-core";
import { boundsOf } from "../../internal/bounds.js";

/** Maps a plane onto a square picture: turned, perhaps mirrored, scaled and moved. */
export interface Placement {
  /** Interleaved positions of the plane as pixels, y down. */
  place(coordinates: Float64Array): Float64Array;
}

/**
 * Where in a picture a line lies: all of it somewhere inside, or cropped, so that the picture shows a part of it.
 *
 * @param size pixels across and down
 * @param isCropped whether the picture is to be smaller than the line
 */
export function drawPlacement(
  coordinates: Float64Array,
  size: number,
  isCropped: boolean,
  random: Random,
): Placement {
  const turn = random.next() < 0.3 ? (random.integer(4) * Math.PI) / 2 : random.uniform(0, 2 * Math.PI);
  const mirror = random.next() < 0.5 ? 1 : -1;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const turned = (points: Float64Array): Float64Array => {
    const out = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [mirror * points[i]!, points[i + 1]!];
      out[i] = cos * x - sin * y;
      out[i + 1] = sin * x + cos * y;
    }
    return out;
  };
  const [minX, minY, maxX, maxY] = boundsOf(turned(coordinates));
  const span = Math.max(maxX - minX, maxY - minY);
  const sideOverSpan = isCropped
    ? random.uniform(0.35, 1)
    : random.next() < 0.85
      ? random.uniform(1.05, 2.7)
      : 10 ** random.uniform(0.4, 1.4); // someone who hardly moves
  const side = span * sideOverSpan;
  const scale = size / side;
  let [left, top] = [random.uniform(maxX - side, minX), random.uniform(maxY - side, minY)];
  if (isCropped) {
    // Some point of the line is in the middle third of the picture.
    const points = turned(coordinates);
    const at = 2 * random.integer(points.length / 2);
    left = points[at]! - side * random.uniform(0.33, 0.67);
    top = points[at + 1]! - side * random.uniform(0.33, 0.67);
  }
  return {
    place(points) {
      const out = turned(points);
      for (let i = 0; i < out.length; i += 2) {
        out[i] = (out[i]! - left) * scale;
        out[i + 1] = (out[i + 1]! - top) * scale;
      }
      return out;
    },
  };
}
