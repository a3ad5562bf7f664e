/** Permutations of axes: `permutation[i]` is the axis that stands at place i. */
export type Permutation = readonly number[];

/** Images are NHWC to tfjs and NCHW to ONNX: physical axis i holds logical axis `NCHW[i]`. */
export const NCHW: Permutation = [0, 3, 1, 2];

export function identityPermutation(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => i);
}

export function isIdentity(permutation: Permutation): boolean {
  return permutation.every((axis, i) => axis === i);
}

export function samePermutation(a: Permutation, b: Permutation): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

export function inversePermutation(permutation: Permutation): number[] {
  const inverse = new Array<number>(permutation.length);
  permutation.forEach((axis, i) => {
    inverse[axis] = i;
  });
  return inverse;
}

/** The permutation that applies `first`, then `second`: out[i] = first[second[i]]. */
export function composePermutations(first: Permutation, second: Permutation): number[] {
  return second.map((axis) => first[axis]!);
}

/** Whether the axes longer than 1 keep their order: then moving the data is only a change of shape. */
export function keepsOrder(shape: readonly number[], permutation: Permutation): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || moved[i - 1]! < axis);
}
