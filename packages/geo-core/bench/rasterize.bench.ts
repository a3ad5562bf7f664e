import { bench, describe } from "vitest";
import { planarSegmentDistanceSquared } from "../src/geometry/segment-distance.js";
import { Random, rasterizeSet, TrajectorySet } from "../src/index.js";

/**
 * TrajCross's images: 20 points, 64 × 64 pixels, a stroke of 1 to 5 pixels. One call draws 1,000 images, so
 * operations a second × 1,000 are images a second on one core.
 */
const IMAGES = 1000;
const POINTS = 20;
const SIZE = 64;

const random = new Random(1);
const walks = Array.from({ length: IMAGES }, () => {
  let x = random.uniform(4, 12);
  let y = random.uniform(4, 10);
  const heading = random.uniform(0, 2 * Math.PI);
  return Array.from({ length: POINTS }, () => {
    x += 0.45 * Math.cos(heading) + 0.1 * random.normal();
    y += 0.45 * Math.sin(heading) + 0.1 * random.normal();
    return [x, y];
  });
});
const set = TrajectorySet.fromArrays(walks, { coordinateSystem: "planar" });
const thicknessPixels = Float64Array.from({ length: IMAGES }, () => random.uniform(1, 5));
const bytes = new Uint8Array(IMAGES * SIZE * SIZE);
const floats = new Float32Array(IMAGES * SIZE * SIZE);
const scene = [0, 0, 16, 16] as const;

// TrajCross's "random" protocol: a square of 1.15 to 2.65 times the larger span, the trajectory anywhere inside.
const extents = new Float64Array(4 * IMAGES);
for (let i = 0; i < IMAGES; i++) {
  const { coordinates } = set.at(i);
  const xs = coordinates.filter((_, j) => j % 2 === 0);
  const ys = coordinates.filter((_, j) => j % 2 === 1);
  const [minX, maxX, minY, maxY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = random.uniform(1.15, 2.65) * Math.max(maxX - minX, maxY - minY) + 0.5;
  const left = minX - random.uniform(0, side - (maxX - minX));
  const bottom = minY - random.uniform(0, side - (maxY - minY));
  extents.set([left, bottom, left + side, bottom + side], 4 * i);
}

/** What the kernel saves: every pixel of 1 in 100 images against every segment. */
function drawBySearch(): void {
  for (let image = 0; image < IMAGES; image += 100) {
    const { coordinates } = set.at(image);
    const [minX, , maxX, maxY] = extents.subarray(4 * image, 4 * image + 4) as unknown as number[];
    const scale = SIZE / (maxX! - minX!);
    const r = thicknessPixels[image]! / 2;
    for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
      const x = minX! + ((pixel % SIZE) + 0.5) / scale;
      const y = maxY! - (Math.floor(pixel / SIZE) + 0.5) / scale;
      let nearest = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 3 < coordinates.length; i += 2) {
        const d = planarSegmentDistanceSquared(
          x,
          y,
          coordinates[i]!,
          coordinates[i + 1]!,
          coordinates[i + 2]!,
          coordinates[i + 3]!,
        );
        nearest = Math.min(nearest, d);
      }
      const ink = Math.max(0, Math.min(1, r + 0.5 - scale * Math.sqrt(nearest)));
      bytes[image * SIZE * SIZE + pixel] = 255 * ink + 0.5;
    }
  }
}

describe(`${IMAGES} images of ${SIZE} × ${SIZE} with ${POINTS} points`, () => {
  bench("bytes, one extent for all", () => {
    rasterizeSet(set, { width: SIZE, height: SIZE, extents: scene, thicknessPixels }, bytes);
  });
  bench("bytes, an extent each", () => {
    rasterizeSet(set, { width: SIZE, height: SIZE, extents, thicknessPixels }, bytes);
  });
  bench("floats, an extent each", () => {
    rasterizeSet(set, { width: SIZE, height: SIZE, extents, thicknessPixels }, floats);
  });
  bench("every pixel against every segment, 10 images only", drawBySearch);
});
