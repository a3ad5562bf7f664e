/**
 * The k-th smallest of some values, one left out; with fewer values the largest, with none 0.
 *
 * @param skipped index of the value left out
 * @param smallest scratch of length k
 */
export function kthSmallest(
  values: Float32Array | Float64Array,
  k: number,
  skipped: number,
  smallest: Float64Array,
): number {
  let filled = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i === skipped || (filled === k && value >= smallest[k - 1]!)) continue;
    let at = filled < k ? filled++ : k - 1;
    for (; at > 0 && smallest[at - 1]! > value; at--) smallest[at] = smallest[at - 1]!;
    smallest[at] = value;
  }
  return filled === 0 ? 0 : smallest[filled - 1]!;
}
