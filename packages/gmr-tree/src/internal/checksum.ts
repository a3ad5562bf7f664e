const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;

/**
 * xxHash32 (seed 0) of whole 16-byte stripes. Every step maps its state one to one, so any change within one word always
 * changes the sum.
 *
 * Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 *
 * @param words a multiple of four words
 * @param own the index of the word where the sum itself is stored, taken as zero
 */
export function checksum(words: Uint32Array, own: number): number {
  let a = (PRIME_1 + PRIME_2) | 0;
  let b = PRIME_2 | 0;
  let c = 0;
  let d = -PRIME_1 | 0;
  for (let i = 0; i < words.length; i += 4) {
    const holdsSum = own - i < 4 && own >= i;
    a = round(a, holdsSum && own === i ? 0 : words[i]!);
    b = round(b, holdsSum && own === i + 1 ? 0 : words[i + 1]!);
    c = round(c, holdsSum && own === i + 2 ? 0 : words[i + 2]!);
    d = round(d, holdsSum && own === i + 3 ? 0 : words[i + 3]!);
  }
  let hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  hash = (hash + 4 * words.length) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
