let buffer = new Float64Array(1024);

/** Scratch for one row of a dynamic programme: at least `length` entries of any content, valid until the next call. */
export function rowBuffer(length: number): Float64Array {
  if (buffer.length < length) buffer = new Float64Array(2 * length);
  return buffer;
}

let words = new Int32Array(256);

/** The same for bit vectors. */
export function wordBuffer(length: number): Int32Array {
  if (words.length < length) words = new Int32Array(2 * length);
  return words;
}
