import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import { ValueError } from "./errors.js";
import { checkNonNegativeInteger, checkPositiveInteger } from "./validate.js";

/**
 * A seeded, splittable random source: the only randomness in these packages.
 *
 * The generator is pure-rand's xoroshiro128+. The same seed gives the same numbers on every machine. `split`
 * derives an independent stream from a name or a number without consuming any of this one's, so adding a
 * consumer never changes what the others draw.
 */
export class Random {
  readonly #seed: number;
  readonly #generator: JumpableRandomGenerator;
  #spareNormal: number | undefined;

  /**
   * @param seed a non-negative integer below 2³²
   * @param where the public function that was called with the seed, for the message
   * @throws {ValueError} any other number
   */
  constructor(seed: number, where = "Random") {
    // Larger seeds would wrap around, and give the numbers of smaller ones.
    if (seed >>> 0 !== seed) {
      throw new ValueError(`${where}: seed must be an integer in [0, 2^32 - 1], got ${String(seed)}`);
    }
    this.#seed = seed;
    this.#generator = xoroshiro128plus(mix(this.#seed) | 0);
  }

  /** An independent stream, named. `random.split("noise")` is the same whatever was drawn from `random`. */
  split(name: string | number): Random {
    let hash = mix(this.#seed ^ 0x9e3779b9);
    const text = String(name);
    for (let i = 0; i < text.length; i++)
      hash = mix(hash ^ text.charCodeAt(i)) ^ Math.imul(i + 1, 0x85ebca6b);
    return new Random(mix(hash) >>> 0);
  }

  /** A 32-bit unsigned integer. */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  next(): number {
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A uniform integer in [0, n). */
  integer(n: number): number {
    checkPositiveInteger("Random.integer", "n", n);
    return Math.floor(this.next() * n);
  }

  /** A standard normal number (Marsaglia's polar method). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spareNormal = v * scale;
        return u * scale;
      }
    }
  }

  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T {
    for (let i = array.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      const kept = array[i];
      array[i] = array[j];
      array[j] = kept;
    }
    return array;
  }

  /** A random permutation of 0 … n − 1. */
  permutation(n: number): Uint32Array {
    checkNonNegativeInteger("Random.permutation", "n", n);
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** `count` different integers of 0 … n − 1, in random order. */
  sample(n: number, count: number): Uint32Array {
    checkNonNegativeInteger("Random.sample", "n", n);
    if (!Number.isSafeInteger(count) || count < 0 || count > n) {
      throw new ValueError(`Random.sample: count must be an integer in [0, ${n}], got ${count}`);
    }
    return this.permutation(n).slice(0, count);
  }
}

/** The 32-bit finaliser of MurmurHash3: every input bit flips every output bit with probability near ½. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
