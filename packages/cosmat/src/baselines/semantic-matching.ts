import { selectRows } from "@wayweave/numeric";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { LogsTran } from "../model/logs-tran.js";
import type { Pairs } from "../model/pairs.js";
import { type PreprocessingOptions, prepare } from "../model/prepare.js";
import type { SemanticSimilarity } from "../model/similarity.js";
import { Tower } from "../model/tower.js";

export interface SemanticMatchingConfig {
  readonly features?: PreprocessingOptions;
  /** Weight of ½‖W‖² in the logistic regressions. @defaultValue 1 for both */
  readonly ridge?: { readonly images?: number; readonly texts?: number };
  /** @defaultValue "cosine" */
  readonly similarity?: SemanticSimilarity;
}

/**
 * SM, semantic matching: a logistic regression for each modality, on the features themselves. The modalities never see
 * each other; their posteriors share the classes.
 *
 * Source: Rasiwasia et al., "A new approach to cross-modal multimedia retrieval" (ACM Multimedia 2010), section 4.2.
 */
export class SemanticMatching extends CrossModalModel {
  /** Throws what `CoSMat.fit` throws. */
  static fit(pairs: Pairs, config: SemanticMatchingConfig = {}): SemanticMatching {
    const { ridge = {}, similarity = "cosine" } = config;
    const { rows, images, texts, imageMap, textMap } = prepare(
      "SemanticMatching.fit",
      pairs,
      config.features,
    );
    const { labeledImages, labeledTexts, classes } = rows;
    const labelsOf = (chosen: readonly number[]) => chosen.map((i) => pairs.labels[i]!);
    const image = LogsTran.fit(selectRows(images, labeledImages), labelsOf(labeledImages), {
      ridge: ridge.images ?? 1,
      classes,
    });
    const text = LogsTran.fit(selectRows(texts, labeledTexts), labelsOf(labeledTexts), {
      ridge: ridge.texts ?? 1,
      classes,
    });
    return new SemanticMatching({
      system: "SM",
      similarity,
      image: new Tower({ features: imageMap, classifier: image.model }),
      text: new Tower({ features: textMap, classifier: text.model }),
    });
  }
}
