import { checkOneOf, checkOptions } from "@wayweave/geo-core";
import type { CorrProjOptions } from "../model/corr-proj.js";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { fitSystem, fittingComponents, type SystemDefinition } from "../model/fit-system.js";
import type { PreprocessingOptions } from "../model/mapped-pairs.js";
import type { Pairs } from "../model/pairs.js";
import { correlate, mapPairs } from "../model/projections.js";
import { type SemanticSimilarity, semanticSimilarities } from "../model/similarity.js";
import { Tower } from "../model/tower.js";
import { type FitOptions, fitOptionNames } from "../model/tuning/options.js";

/** The settings of {@link CanonicalCorrelation}; those left out are chosen by cross-validation. */
export interface CanonicalCorrelationConfig extends FitOptions {
  /** What is done to the features first. With `tune: false`: nothing. */
  readonly features?: PreprocessingOptions;
  /** With `tune: false`: as many components as fit, and a ridge of 1e-6. */
  readonly corrProj?: Partial<CorrProjOptions>;
  /** How representations are compared. @defaultValue "cosine" */
  readonly similarity?: SemanticSimilarity;
}

/**
 * CCA, correlation matching: the projections of CorrProj compared by cosine. Labels are not needed and not fitted to; where
 * there are some, cross-validation chooses by class.
 *
 * Source: Rasiwasia et al. (ACM Multimedia 2010), section 4.1.
 */
export class CanonicalCorrelation extends CrossModalModel {
  /** Throws what `CoSMat.fit` throws. */
  static async fit(pairs: Pairs, config: CanonicalCorrelationConfig = {}): Promise<CanonicalCorrelation> {
    const where = "CanonicalCorrelation.fit";
    checkOptions(where, config, ["features", "corrProj", "similarity", ...fitOptionNames]);
    checkOptions(`${where}: features`, config.features, ["images", "texts"]);
    if (config.similarity !== undefined) {
      checkOneOf(where, "similarity", config.similarity, semanticSimilarities);
    }
    checkOptions(`${where}: corrProj`, config.corrProj, ["components", "ridge"]);
    const given = { ...config.features, ...config.corrProj };
    return new CanonicalCorrelation(
      await fitSystem(definition(where, config.similarity), pairs, given, config),
    );
  }
}

function definition(where: string, similarity: SemanticSimilarity = "cosine"): SystemDefinition {
  return {
    where,
    needs: { labels: "optional" },
    correlates: true,
    uses: () => ["images", "texts", "ridge", "components"],
    defaults: (data) => ({
      images: {},
      texts: {},
      components: fittingComponents(data),
      ridge: 1e-6,
      imageRidge: 1,
      textRidge: 1,
      power: 0,
    }),
    build(data, settings, memo) {
      const mapped = mapPairs(data, settings, memo);
      const { images, texts } = correlate(data, mapped, settings, memo);
      return {
        system: "CCA",
        similarity,
        image: new Tower({ features: mapped.image.map, projection: images }),
        text: new Tower({ features: mapped.text.map, projection: texts }),
      };
    },
  };
}
