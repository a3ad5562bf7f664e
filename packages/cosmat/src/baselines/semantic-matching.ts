import { checkOneOf, checkOptions } from "@wayweave/geo-core";
import { selectRows } from "@wayweave/numeric";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { fitSystem, type SystemDefinition } from "../model/fit-system.js";
import { LogsTran } from "../model/logs-tran.js";
import type { MappedFeatures, PreprocessingOptions } from "../model/mapped-pairs.js";
import { labelsAt } from "../model/pair-data.js";
import type { LabeledPairs } from "../model/pairs.js";
import { mapPairs } from "../model/projections.js";
import { type SemanticSimilarity, semanticSimilarities } from "../model/similarity.js";
import { Tower } from "../model/tower.js";
import { type FitOptions, fitOptionNames } from "../model/tuning/options.js";

/** The settings of {@link SemanticMatching}; those left out are chosen by cross-validation. */
export interface SemanticMatchingConfig extends FitOptions {
  /** What is done to the features first. With `tune: false`: nothing. */
  readonly features?: PreprocessingOptions;
  /** Weight of ½‖W‖² in the logistic regressions. With `tune: false`: 1 for both. */
  readonly ridge?: { readonly images?: number; readonly texts?: number };
  /** How representations are compared. @defaultValue "cosine" */
  readonly similarity?: SemanticSimilarity;
}

/**
 * SM, semantic matching: a logistic regression for each modality, on the features themselves. The modalities never see
 * each other; their posteriors share the classes.
 *
 * Source: Rasiwasia et al., "A new approach to cross-modal multimedia retrieval" (ACM Multimedia 2010), section 4.2.
 */
export class SemanticMatching extends CrossModalModel {
  /** Throws what `CoSMat.fit` throws; a `ValueError` without labels. */
  static async fit(pairs: LabeledPairs, config: SemanticMatchingConfig = {}): Promise<SemanticMatching> {
    const where = "SemanticMatching.fit";
    checkOptions(where, config, ["features", "ridge", "similarity", ...fitOptionNames]);
    checkOptions(`${where}: features`, config.features, ["images", "texts"]);
    if (config.similarity !== undefined) {
      checkOneOf(where, "similarity", config.similarity, semanticSimilarities);
    }
    checkOptions(`${where}: ridge`, config.ridge, ["images", "texts"]);
    const given = { ...config.features, imageRidge: config.ridge?.images, textRidge: config.ridge?.texts };
    return new SemanticMatching(await fitSystem(definition(where, config.similarity), pairs, given, config));
  }
}

function definition(where: string, similarity: SemanticSimilarity = "cosine"): SystemDefinition {
  return {
    where,
    needs: { labels: "required" },
    uses: () => ["images", "texts", "imageRidge", "textRidge"],
    defaults: () => ({
      images: {},
      texts: {},
      components: 1,
      ridge: 0,
      imageRidge: 1,
      textRidge: 1,
      power: 0,
    }),
    build(data, { images, texts, imageRidge, textRidge }, memo) {
      const { labels, rows } = data;
      const { image, text } = mapPairs(data, { images, texts }, memo);
      const classify = (key: string, { features }: MappedFeatures, own: readonly number[], ridge: number) =>
        memo.of("classifier", `${key} ${ridge}`, () => {
          const options = { ridge, classes: rows.classes, tolerance: memo.tolerance };
          return LogsTran.fit(selectRows(features, own), labelsAt(labels, own), options).model;
        });
      const imageClassifier = classify(
        `image ${JSON.stringify(images)}`,
        image,
        rows.labeledImages,
        imageRidge,
      );
      const textClassifier = classify(`text ${JSON.stringify(texts)}`, text, rows.labeledTexts, textRidge);
      return {
        system: "SM",
        similarity,
        image: new Tower({ features: image.map, classifier: imageClassifier }),
        text: new Tower({ features: text.map, classifier: textClassifier }),
      };
    },
  };
}
