import { checkAllFinite } from "@wayweave/geo-core/foundation";

/**
 * Writes a vector scaled to length 1; a zero vector stays zero.
 *
 * @param source read from `from` on, `length` numbers of any size
 * @throws {ValueError} an entry is not finite
 */
export function writeUnitVector(
  where: string,
  name: string,
  source: ArrayLike<number>,
  from: number,
  length: number,
  target: Float32Array | Float64Array,
  to: number,
): void {
  let squares = 0;
  for (let j = 0; j < length; j++) {
    const x = source[from + j]!;
    squares += x * x;
  }
  let scale = 1;
  if (!(squares > 1e-280 && squares < 1e280) || !areNumbers(source, from, length)) {
    // Not finite, zero, or too small or large to be squared: look closer.
    const entries = Array.from({ length }, (_, j) => source[from + j]!);
    checkAllFinite(where, name, entries);
    const largest = entries.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (largest === 0) {
      target.fill(0, to, to + length);
      return;
    }
    // A power of two scales without rounding; 2¹⁰²⁴ would be infinite, and lifts no entry more than 2¹⁰²³ needs to.
    scale = 2 ** Math.min(1023, -Math.floor(Math.log2(largest)));
    squares = entries.reduce((sum, x) => sum + (x * scale) ** 2, 0);
  }
  const norm = Math.sqrt(squares);
  for (let j = 0; j < length; j++) target[to + j] = (source[from + j]! * scale) / norm;
}

/** Whether all are numbers: null, "" and booleans, which a product takes for 0 or 1, are none. */
function areNumbers(source: ArrayLike<unknown>, from: number, length: number): boolean {
  if (ArrayBuffer.isView(source)) return true;
  for (let j = from; j < from + length; j++) if (typeof source[j] !== "number") return false;
  return true;
}
