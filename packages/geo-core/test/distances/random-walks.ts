import { type Random, TrajectorySet } from "../../src/index.js";

/** `count` walks of 1 to `maxPoints` points with steps of about 150 m, which start within 2 km in Beijing. */
export function randomWalks(count: number, maxPoints: number, random: Random): TrajectorySet {
  const coordinates: number[] = [];
  const offsets = [0];
  for (let i = 0; i < count; i++) {
    let lon = 116.4 + random.uniform(-0.01, 0.01);
    let lat = 39.9 + random.uniform(-0.01, 0.01);
    const points = 1 + random.integer(maxPoints);
    for (let p = 0; p < points; p++) {
      coordinates.push(lon, lat);
      lon += random.normal() * 0.0012;
      lat += random.normal() * 0.0009;
    }
    offsets.push(coordinates.length / 2);
  }
  return new TrajectorySet({
    coordinates: Float64Array.from(coordinates),
    offsets: Uint32Array.from(offsets),
  });
}
