/**
 * Squared distance from point p to the segment a–b on the plane; a segment of no length is its point.
 *
 * t = clamp((p − a)·(b − a) / |b − a|², 0, 1), d² = |p − a − t(b − a)|².
 */
export function planarSegmentDistanceSquared(
  px: number,
  py: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared > 0 ? ((px - ax) * dx + (py - ay) * dy) / lengthSquared : 0;
  const t = Math.max(0, Math.min(1, along));
  const ex = px - ax - t * dx;
  const ey = py - ay - t * dy;
  return ex * ex + ey * ey;
}

const RADIANS = Math.PI / 180;

/** Unit vectors of interleaved lon/lat degrees: `[points × 2]` → `[points × 3]`. */
export function unitVectors(coordinates: Float64Array): Float64Array {
  const vectors = new Float64Array((coordinates.length / 2) * 3);
  for (let i = 0, j = 0; i < coordinates.length; i += 2, j += 3) {
    const lon = coordinates[i]! * RADIANS;
    const lat = coordinates[i + 1]! * RADIANS;
    const cosLat = Math.cos(lat);
    vectors[j] = cosLat * Math.cos(lon);
    vectors[j + 1] = cosLat * Math.sin(lon);
    vectors[j + 2] = Math.sin(lat);
  }
  return vectors;
}

/**
 * Angle in radians between point p and the shorter great-circle arc a–b, all rows of `vectors` `[points × 3]`.
 *
 * With n = a × b: p lies beside the arc if p·(n × a) ≥ 0 and p·(b × n) ≥ 0, and then sin of the angle is |p·n| / |n|;
 * else the nearer end counts. Everything is taken of differences from a or b, which do not cancel between neighbours.
 */
export function arcDistanceRadians(vectors: Float64Array, p: number, a: number, b: number): number {
  const ax = vectors[3 * a]!;
  const ay = vectors[3 * a + 1]!;
  const az = vectors[3 * a + 2]!;
  const dx = vectors[3 * b]! - ax;
  const dy = vectors[3 * b + 1]! - ay;
  const dz = vectors[3 * b + 2]! - az;
  const ex = vectors[3 * p]! - ax;
  const ey = vectors[3 * p + 1]! - ay;
  const ez = vectors[3 * p + 2]! - az;
  const nx = ay * dz - az * dy;
  const ny = az * dx - ax * dz;
  const nz = ax * dy - ay * dx;
  const normal = Math.sqrt(nx * nx + ny * ny + nz * nz);
  // p·(n × a) = (p − a)·(n × a), as a ⊥ n × a.
  const alongA = ex * (ny * az - nz * ay) + ey * (nz * ax - nx * az) + ez * (nx * ay - ny * ax);
  const bx = ax + dx;
  const by = ay + dy;
  const bz = az + dz;
  const fx = ex - dx;
  const fy = ey - dy;
  const fz = ez - dz;
  const alongB = fx * (by * nz - bz * ny) + fy * (bz * nx - bx * nz) + fz * (bx * ny - by * nx);
  if (normal > 0 && alongA >= 0 && alongB >= 0) {
    return Math.asin(Math.min(1, Math.abs(ex * nx + ey * ny + ez * nz) / normal));
  }
  const chord = Math.sqrt(Math.min(ex * ex + ey * ey + ez * ez, fx * fx + fy * fy + fz * fz));
  return 2 * Math.asin(Math.min(1, chord / 2));
}
