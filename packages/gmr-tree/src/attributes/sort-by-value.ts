const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;

/**
 * Numbers 0 … n − 1 in the order of their values, equal values by number, NaN last: a radix sort on the 64 bits of a double,
 * in six digits of eleven bits. Digits that all values share cost one look.
 *
 * @param values [n]
 * @param order [n], written
 */
export function sortByValue(values: Float64Array, order: Uint32Array): void {
  const n = values.length;
  const words = new Uint32Array(2 * n);
  const bits = new Float64Array(words.buffer);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    // −0 and 0 are equal, and every NaN is the largest.
    bits[i] = value === 0 ? 0 : value;
    const high = words[2 * i + 1]!;
    // Larger doubles have larger bits, negative ones smaller: turn these around and lift the others above them.
    if (Number.isNaN(value)) words[2 * i] = words[2 * i + 1] = 0xffffffff;
    else if (high >>> 31 === 1) {
      words[2 * i] = ~words[2 * i]!;
      words[2 * i + 1] = ~high;
    } else words[2 * i + 1] = (high | 0x80000000) >>> 0;
    order[i] = i;
  }
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(n);
  const starts = new Uint32Array(DIGITS + 1);
  for (let pass = 0; pass < PASSES; pass++) {
    starts.fill(0);
    for (let i = 0; i < n; i++) starts[digitOf(words, i, pass) + 1]!++;
    if (starts.includes(n)) continue;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!;
    for (let i = 0; i < n; i++) {
      const item = from[i]!;
      const digit = digitOf(words, item, pass);
      to[starts[digit]!++] = item;
    }
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}

/** The pass-th group of eleven bits of item i, the lowest first. */
function digitOf(words: Uint32Array, i: number, pass: number): number {
  const low = words[2 * i]!;
  const high = words[2 * i + 1]!;
  switch (pass) {
    case 0:
      return low & 0x7ff;
    case 1:
      return (low >>> 11) & 0x7ff;
    case 2:
      return (low >>> 22) | ((high & 1) << 10);
    case 3:
      return (high >>> 1) & 0x7ff;
    case 4:
      return (high >>> 12) & 0x7ff;
    default:
      return high >>> 23;
  }
}
