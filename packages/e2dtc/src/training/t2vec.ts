import type { TrajectorySet } from "@wayweave/geo-core";
import { checkObject, checkTrips } from "../inputs/check-trips.js";
import { type FitOptions, type FitResult, fitE2DTC } from "./fit.js";

/** Cells drawn against each target's neighbours, as in t2vec's code. */
const NOISE_CELLS = 500;

/**
 * t2vec and k-means: the network is pre-trained only, with t2vec's sampled loss, and k-means (the best of 20 starts by its
 * objective) clusters the embeddings.
 *
 * Source: Li, Zhao, Cong, Jensen, Wei, _Deep representation learning for trajectory similarity computation_ (2018), the
 * baseline of E2DTC §VII. Cells are E2DTC's, so that only what comes after them differs.
 */
export async function fitT2vec(
  trajectories: TrajectorySet,
  options: Omit<FitOptions, "selfTrain">,
): Promise<FitResult> {
  checkTrips("fitT2vec", "trajectories", trajectories);
  checkObject("fitT2vec", "options", options);
  return fitE2DTC(trajectories, {
    ...options,
    pretrain: { sampledNegatives: NOISE_CELLS, ...options.pretrain },
    selfTrain: { loss: "L0", seeding: "kMeans" },
  });
}
