import { digestOf } from "@wayweave/nn/train";
import type { PairSet } from "../data/pairs.js";

/** A digest of everything in a set of pairs that a training sees. */
export function digestOfPairs({ trajectories, images, alikeOrder }: PairSet): string {
  const { pixels, extents } = images;
  return digestOf(
    trajectories.coordinates,
    trajectories.offsets,
    pixels,
    extents,
    ...(alikeOrder ? [alikeOrder] : []),
  );
}
