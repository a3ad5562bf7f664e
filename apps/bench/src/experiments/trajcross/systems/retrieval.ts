import { topK } from "@wayweave/eval";
import { z } from "zod";
import type { UnivName } from "../../../datasets/univ.js";
import { rawArrays } from "../../../results/raw-arrays.js";
import type { MetricValues } from "../../experiment.js";
import { examplesSchema } from "./examples.js";

/** The datasets of the retrieval tables. */
export const univNames: readonly UnivName[] = ["UNIV windows", "UNIV pedestrians"];

/** Where each item's partner ranks among all candidates, from 1, both ways; ties count against us. */
export const retrievalRawSchema = z.object({
  /** Of each trajectory's image among the images, `[pairs]`. */
  trajectoryToImage: rawArrays.uint32,
  /** Of each image's trajectory among the trajectories, `[pairs]`. */
  imageToTrajectory: rawArrays.uint32,
  /** Mean training loss of each epoch, of rows that tell it. */
  losses: rawArrays.float64.optional(),
  /** For the contact sheet, of rows that have one. */
  examples: examplesSchema.optional(),
});
export type RetrievalRaw = z.infer<typeof retrievalRawSchema>;

/** Accuracy top@1, 5, 10 and 15, in percent, as Table I prints it. */
export function scoreRetrieval({ trajectoryToImage, imageToTrajectory }: RetrievalRaw): MetricValues {
  const percent = (ranks: Uint32Array, k: number) => 100 * topK(ranks, k);
  return {
    t2iTop1: percent(trajectoryToImage, 1),
    t2iTop5: percent(trajectoryToImage, 5),
    t2iTop10: percent(trajectoryToImage, 10),
    t2iTop15: percent(trajectoryToImage, 15),
    i2tTop1: percent(imageToTrajectory, 1),
    i2tTop5: percent(imageToTrajectory, 5),
    i2tTop10: percent(imageToTrajectory, 10),
    i2tTop15: percent(imageToTrajectory, 15),
    trajectories: trajectoryToImage.length,
  };
}

/** A row of Table I or II as printed: top@1, 5, 10 of trajectory → image, then of image → trajectory. */
export function printed(
  t2i: readonly [number, number, number],
  i2t: readonly [number, number, number],
): MetricValues {
  return {
    t2iTop1: t2i[0],
    t2iTop5: t2i[1],
    t2iTop10: t2i[2],
    i2tTop1: i2t[0],
    i2tTop5: i2t[1],
    i2tTop10: i2t[2],
  };
}

/** The sentences that every table of TrajCross needs. */
export const retrievalNotes: readonly string[] = [
  "Windows of 20 frames of the UNIV scenes; each image shows a square of its own, the trajectory anywhere inside, the line 1 to 5 px thick (protocol random).",
  "UNIV windows divides the windows at random, as the paper most likely did, so neighbouring windows of one pedestrian are on both sides and in the gallery. UNIV pedestrians has no pedestrian on both sides. The paper's figures stand beside both, though they are most likely of the first.",
  "The gallery is the whole test side: 2,379 pairs at the standard preset, fewer at quick, where figures are therefore not comparable with the paper's.",
];
