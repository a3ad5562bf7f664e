import { isFloat32Array, isUint8Array } from "../foundation/realms.js";
/**
 * The rasteriser's kernel: points `first` … `end` − 1 of `coordinates`, onto one image of `out`. Trusts its input.
 *
 * A segment is the set of pixels within reach = r + ½ of it. Row by row, only the columns that the segment passes
 * within reach of that row are visited; the distance to the whole segment, clipped or not, decides each pixel's ink.
 */
export function drawPolyline(
  coordinates: Float64Array | Float32Array,
  first: number,
  end: number,
  minX: number,
  minY: number,
  maxX: number,
  maxY: number,
  yUp: boolean,
  width: number,
  height: number,
  thickness: number,
  out: Uint8Array | Uint8ClampedArray | Float32Array,
  offset: number,
): void {
  if (first >= end) return;
  const scaleX = width / (maxX - minX);
  const scaleY = (yUp ? -height : height) / (maxY - minY);
  const originY = yUp ? maxY : minY;
  // Bytes hold 255 · ink, rounded (storing truncates, but a clamped array rounds itself); floats hold the ink itself.
  const scale = isFloat32Array(out) ? 1 : 255;
  const rounding = isUint8Array(out) ? 0.5 : 0;
  let ax = (coordinates[2 * first]! - minX) * scaleX;
  let ay = (coordinates[2 * first + 1]! - originY) * scaleY;
  // A single point is drawn as a segment of no length.
  const last = end - first === 1 ? end + 1 : end;
  for (let i = first + 1; i < last; i++) {
    const j = i < end ? i : first;
    const bx = (coordinates[2 * j]! - minX) * scaleX;
    const by = (coordinates[2 * j + 1]! - originY) * scaleY;
    drawSegment(ax, ay, bx, by, thickness / 2, width, height, scale, rounding, out, offset);
    ax = bx;
    ay = by;
  }
}

/** One segment from a to b in continuous pixel coordinates, r = half the thickness. */
function drawSegment(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  r: number,
  width: number,
  height: number,
  scale: number,
  rounding: number,
  out: Uint8Array | Uint8ClampedArray | Float32Array,
  offset: number,
): void {
  const reach = r + 0.5;
  const reachSquared = reach * reach;
  // Ink by distance d: min(1, 2r) up to |r − ½|, then r + ½ − d, and nothing from r + ½ on.
  const core = Math.abs(r - 0.5);
  const coreSquared = core * core;
  const fullInk = Math.min(1, 2 * r) * scale + rounding;
  const dx = bx - ax;
  const dy = by - ay;
  const lengthSquared = dx * dx + dy * dy;
  const perLength = lengthSquared > 0 ? 1 / lengthSquared : 0;
  const firstRow = Math.max(0, Math.ceil(Math.min(ay, by) - reach - 0.5));
  const lastRow = Math.min(height - 1, Math.floor(Math.max(ay, by) + reach - 0.5));
  for (let row = firstRow; row <= lastRow; row++) {
    const ey = row + 0.5 - ay;
    // The stretch [near, far] of the segment whose y is within reach of this row, and the columns it passes.
    let near = 0;
    let far = 1;
    if (dy !== 0) {
      const t0 = (ey - reach) / dy;
      const t1 = (ey + reach) / dy;
      near = Math.max(0, Math.min(t0, t1));
      far = Math.min(1, Math.max(t0, t1));
    }
    const x0 = ax + near * dx;
    const x1 = ax + far * dx;
    const firstColumn = Math.max(0, Math.ceil(Math.min(x0, x1) - reach - 0.5));
    const lastColumn = Math.min(width - 1, Math.floor(Math.max(x0, x1) + reach - 0.5));
    const rowStart = offset + row * width;
    for (let column = firstColumn; column <= lastColumn; column++) {
      const ex = column + 0.5 - ax;
      const t = Math.max(0, Math.min(1, (ex * dx + ey * dy) * perLength));
      const fx = ex - t * dx;
      const fy = ey - t * dy;
      const dSquared = fx * fx + fy * fy;
      if (dSquared >= reachSquared) continue;
      const ink = dSquared <= coreSquared ? fullInk : (reach - Math.sqrt(dSquared)) * scale + rounding;
      if (ink > out[rowStart + column]!) out[rowStart + column] = ink;
    }
  }
}
