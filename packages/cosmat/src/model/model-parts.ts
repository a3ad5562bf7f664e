import type { SemanticSimilarity } from "./similarity.js";
import type { Tower } from "./tower.js";

export const systemNames = ["CoSMat", "SM", "CCA", "GMA"] as const;
/**
 * A way to fit a common space: `CoSMat`, `SM` (SemanticMatching), `CCA` (CanonicalCorrelation) or `GMA`
 * (GeneralizedMultiview).
 */
export type SystemName = (typeof systemNames)[number];

/** What a fitted system consists of. */
export interface ModelParts {
  /** How it was fitted. */
  readonly system: SystemName;
  /** From image features to representations. */
  readonly image: Tower;
  /** From text features to representations of the same length. */
  readonly text: Tower;
  /** How representations are compared. */
  readonly similarity: SemanticSimilarity;
}
