import type { Tensor } from "../tfjs.js";

/** The Gaussian error linear unit x·Φ(x), exact (Hendrycks and Gimpel 2016, eq. 2). */
export function gelu<T extends Tensor>(x: T): T {
  return x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5) as T;
}
