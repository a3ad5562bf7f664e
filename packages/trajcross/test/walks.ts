import { Random, TrajectorySet } from "@wayweave/geo-core";

/** Walks of 24 points, each in a direction of its own. */
export function walks(count: number): TrajectorySet {
  const random = new Random(8);
  const coordinates = new Float64Array(2 * 24 * count);
  for (let i = 0; i < count; i++) {
    const [x, y, heading] = [random.uniform(0, 12), random.uniform(0, 12), random.uniform(0, 2 * Math.PI)];
    for (let j = 0; j < 24; j++) {
      coordinates.set([x + 0.4 * j * Math.cos(heading), y + 0.4 * j * Math.sin(heading)], 2 * (24 * i + j));
    }
  }
  const offsets = Uint32Array.from({ length: count + 1 }, (_, i) => 24 * i);
  return new TrajectorySet({ coordinates, offsets, coordinateSystem: "planar" });
}
