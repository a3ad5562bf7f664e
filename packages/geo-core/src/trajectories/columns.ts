import { StateError, ValueError } from "../foundation/errors.js";
import type { CoordinateSystem, TrajectorySet } from "./trajectory-set.js";

/** Copies, moves or shares one column for another thread; see {@link TrajectorySet.toTransferable}. */
export function packColumn<T extends Float64Array | Uint32Array>(
  column: T,
  mode: "copy" | "move" | "share",
  transfer: ArrayBuffer[],
): T {
  if (mode === "share") {
    if (typeof SharedArrayBuffer === "undefined") {
      throw new StateError("TrajectorySet.toTransferable: SharedArrayBuffer is not available here");
    }
    if (column.buffer instanceof SharedArrayBuffer) return column;
    const Column = column.constructor as new (buffer: SharedArrayBuffer) => T;
    const shared = new Column(new SharedArrayBuffer(column.byteLength));
    shared.set(column);
    return shared;
  }
  const ownsBuffer =
    column.buffer instanceof ArrayBuffer && column.byteLength === column.buffer.byteLength && mode === "move";
  const packed = ownsBuffer ? column : (column.slice() as T);
  // A copy's buffer is always an ArrayBuffer; the same buffer may not be listed twice.
  if (packed.buffer instanceof ArrayBuffer && !transfer.includes(packed.buffer)) transfer.push(packed.buffer);
  return packed;
}

export function checkOffsets(offsets: Uint32Array): void {
  if (offsets[0] !== 0) throw new ValueError(`TrajectorySet: offsets[0] must be 0, got ${offsets[0]}`);
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) {
      throw new ValueError(
        `TrajectorySet: offsets must not decrease, got ${offsets[i]} after ${offsets[i - 1]} at index ${i}`,
      );
    }
  }
}

export function checkPositions(coordinates: Float64Array, coordinateSystem: CoordinateSystem): void {
  const isLonLat = coordinateSystem === "lonlat";
  const limitX = isLonLat ? 180 : Number.MAX_VALUE;
  const limitY = isLonLat ? 90 : Number.MAX_VALUE;
  for (let i = 0; i < coordinates.length; i += 2) {
    const x = coordinates[i]!;
    const y = coordinates[i + 1]!;
    // Written so that NaN fails too.
    if (!(Math.abs(x) <= limitX && Math.abs(y) <= limitY)) {
      const required = isLonLat ? "a longitude in [-180, 180] and a latitude in [-90, 90]" : "finite";
      throw new ValueError(`TrajectorySet: point ${i / 2} must be ${required}, got [${x}, ${y}]`);
    }
  }
}

export function checkTimes(timesMs: Float64Array): void {
  for (let i = 0; i < timesMs.length; i++) {
    if (!Number.isFinite(timesMs[i])) {
      throw new ValueError(`TrajectorySet: timesMs[${i}] must be finite, got ${timesMs[i]}`);
    }
  }
}

/** Requires `0 ≤ start ≤ end ≤ length`. */
export function checkRange(where: string, start: number, end: number, length: number): void {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > length) {
    throw new ValueError(
      `${where}: start and end must be integers with 0 ≤ start ≤ end ≤ ${length}, got ${start} and ${end}`,
    );
  }
}

/**
 * Requires one coordinate system, and times in every set with points or in none.
 *
 * @returns whether they have times
 */
export function checkSameKind(
  where: string,
  sets: readonly Pick<TrajectorySet, "coordinateSystem" | "pointCount" | "timesMs">[],
  coordinateSystem: CoordinateSystem,
): boolean {
  const withTimes = (sets.find((set) => set.pointCount > 0) ?? sets[0])?.timesMs !== undefined;
  for (const set of sets) {
    if (set.coordinateSystem !== coordinateSystem) {
      throw new ValueError(
        `${where}: sets must share one coordinate system, got ${coordinateSystem} and ${set.coordinateSystem}`,
      );
    }
    if (set.pointCount > 0 && (set.timesMs !== undefined) !== withTimes) {
      throw new ValueError(`${where}: either every set must have times or none`);
    }
  }
  return withTimes;
}
