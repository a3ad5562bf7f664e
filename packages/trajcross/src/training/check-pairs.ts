import { checkGiven, checkLength, checkSet, ValueError } from "@wayweave/geo-core";
import { checkImageSet, imageCount } from "../data/images.js";
import type { PairSet } from "../data/pairs.js";
import type { ModelConfig } from "../model/config.js";
import { checkImagesFit } from "../model/inputs.js";

/** What the pairs are to be trained with. */
export interface PairRequirements extends Pick<ModelConfig, "imageSize" | "channels"> {
  /** Absent where training takes all pairs at once. */
  readonly batchSize?: number;
}

/**
 * Whether pairs can be trained on.
 *
 * @throws {ShapeError} pixels or extents that do not fit each other, an `alikeOrder` of another length
 * @throws {ValueError} not an image for each trajectory, an image of another kind or without an extent, an `alikeOrder` that
 *   does not hold each pair once, fewer pairs than a batch
 */
export function checkPairs(
  where: string,
  pairs: PairSet,
  { batchSize = 1, ...model }: PairRequirements,
): void {
  checkGiven(where, "pairs", pairs);
  const { trajectories, images, alikeOrder } = pairs;
  checkSet(where, trajectories, "pairs.trajectories");
  checkImageSet(where, images);
  if (imageCount(images) !== trajectories.length) {
    throw new ValueError(
      `${where}: there must be an image for each of ${trajectories.length} trajectories, got ${imageCount(images)}`,
    );
  }
  checkImagesFit(where, images, model);
  if (trajectories.length < batchSize) {
    throw new ValueError(
      `${where}: there must be at least a batch of ${batchSize} pairs, got ${trajectories.length}`,
    );
  }
  if (alikeOrder !== undefined) checkAlikeOrder(where, alikeOrder, trajectories.length);
}

/** A subset of pairs that kept the order of the whole set is the usual mistake: its indices point at no pair. */
function checkAlikeOrder(where: string, alikeOrder: Uint32Array, pairs: number): void {
  checkLength(where, "pairs.alikeOrder", alikeOrder, pairs);
  const seen = new Uint8Array(pairs);
  for (const pair of alikeOrder) {
    if (pair >= pairs || seen[pair] === 1) {
      throw new ValueError(
        `${where}: pairs.alikeOrder must hold each index from 0 to ${pairs - 1} once, got ${pair}${pair < pairs ? " twice" : ""}`,
      );
    }
    seen[pair] = 1;
  }
}
