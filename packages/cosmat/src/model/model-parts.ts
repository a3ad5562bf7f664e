import type { SemanticSimilarity } from "./similarity.js";
import type { Tower } from "./tower.js";

export const systemNames = ["CoSMat", "SM", "CCA", "GMA"] as const;
export type SystemName = (typeof systemNames)[number];

/** What a fitted system consists of. */
export interface ModelParts {
  readonly system: SystemName;
  readonly image: Tower;
  readonly text: Tower;
  readonly similarity: SemanticSimilarity;
}
