import { AXES, BLOCKS } from "./layout.js";

/**
 * The reduced key of a unit vector along axes that need no looking at the vectors: axis a is the mean direction of the a-th of
 * {@link AXES} stretches of dimensions. They tell less than principal axes, but cost next to nothing: for trees of few objects.
 *
 * @param rest scratch, [dimensions]
 */
export function writeBlockKey(
  vector: Float32Array | Float64Array,
  rest: Float64Array,
  target: Float32Array | Float64Array,
  at: number,
): void {
  const dimensions = vector.length;
  for (let a = 0; a < AXES; a++) {
    const [from, to] = stretch(a, AXES, dimensions);
    let sum = 0;
    for (let j = from; j < to; j++) sum += vector[j]!;
    target[at + a] = sum / Math.sqrt(to - from);
    for (let j = from; j < to; j++) rest[j] = vector[j]! - sum / (to - from);
  }
  writeBlockLengths(rest, target, at + AXES);
}

/** The lengths of the {@link BLOCKS} stretches of what axes leave. */
export function writeBlockLengths(rest: Float64Array, target: Float32Array | Float64Array, at: number): void {
  for (let b = 0; b < BLOCKS; b++) {
    const [from, to] = stretch(b, BLOCKS, rest.length);
    let squares = 0;
    for (let j = from; j < to; j++) squares += rest[j]! * rest[j]!;
    target[at + b] = Math.sqrt(squares);
  }
}

function stretch(i: number, stretches: number, dimensions: number): [from: number, to: number] {
  return [Math.floor((i * dimensions) / stretches), Math.floor(((i + 1) * dimensions) / stretches)];
}
