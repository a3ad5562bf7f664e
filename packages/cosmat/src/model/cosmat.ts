import { checkOneOf, checkOptions } from "@wayweave/geo-core";
import { type CcaView, ccaTransform, type LogisticRegression, selectRows } from "@wayweave/numeric";
import type { CorrProjOptions } from "./corr-proj.js";
import { CrossModalModel } from "./cross-modal-model.js";
import { fitSystem, fittingComponents, type SystemDefinition } from "./fit-system.js";
import { LogsTran } from "./logs-tran.js";
import type { PreprocessingOptions } from "./mapped-pairs.js";
import { labelsAt, type PairData } from "./pair-data.js";
import type { Pairs } from "./pairs.js";
import { correlate, type MappedPairs, mapPairs } from "./projections.js";
import type { Settings } from "./settings.js";
import { type SemanticSimilarity, semanticSimilarities } from "./similarity.js";
import { Tower } from "./tower.js";
import type { Memo } from "./tuning/memo.js";
import { type FitOptions, fitOptionNames } from "./tuning/options.js";

/** The settings of {@link CoSMat}; those left out are chosen by cross-validation. */
export interface CoSMatConfig extends FitOptions {
  /** What is done to the features first. With `tune: false`: nothing. */
  readonly features?: PreprocessingOptions;
  /** γ and the ridge of CorrProj. With `tune: false`: as many components as fit, and 1e-6. */
  readonly corrProj?: Partial<CorrProjOptions>;
  /** Weight of ½‖W‖² in LogsTran. With `tune: false`: 1 for both. */
  readonly ridge?: { readonly images?: number; readonly texts?: number };
  /** How representations are compared. @defaultValue "centeredCosine" with labels, "cosine" without */
  readonly similarity?: SemanticSimilarity;
  /**
   * Only without labels: each component is weighed by its correlation to this power ≥ 0. With `tune: false`: 1.
   */
  readonly power?: number;
}

/**
 * Cross-modal semantic matching: CorrProj, then LogsTran on its projections, for each modality. A representation is a
 * vector of class posteriors (the paper's section V-A).
 *
 * Who takes part in what: CorrProj is fitted to pairs with an image and a text, labelled or not; LogsTran of a modality
 * to everything labelled that has that modality. Where no pair has a label, a representation is CorrProj's projection, each
 * component weighed by a power of its correlation (Gong et al., "A multi-view embedding space for modeling internet images,
 * tags, and their semantics", IJCV 2014, section 3.2).
 *
 * Settings that are not given are chosen by cross-validation on the pairs; `model.tuning` says which and how well they do.
 *
 * @example
 * const model = await CoSMat.fit({ images, texts, labels });
 * model.similarity(model.embedText(queries), model.embedImage(images));
 */
export class CoSMat extends CrossModalModel {
  /**
   * @throws {ShapeError} rows or lengths that differ
   * @throws {ValueError} entries, labels or options out of range or unknown; a missing field; a class without an example;
   *   fewer than two whole pairs
   * @throws {StateError} a logistic regression that does not converge
   * @throws the signal's reason
   */
  static async fit(pairs: Pairs, config: CoSMatConfig = {}): Promise<CoSMat> {
    const where = "CoSMat.fit";
    checkOptions(where, config, ["features", "corrProj", "ridge", "similarity", "power", ...fitOptionNames]);
    checkOptions(`${where}: features`, config.features, ["images", "texts"]);
    if (config.similarity !== undefined) {
      checkOneOf(where, "similarity", config.similarity, semanticSimilarities);
    }
    checkOptions(`${where}: corrProj`, config.corrProj, ["components", "ridge"]);
    checkOptions(`${where}: ridge`, config.ridge, ["images", "texts"]);
    const given = {
      images: config.features?.images,
      texts: config.features?.texts,
      components: config.corrProj?.components,
      ridge: config.corrProj?.ridge,
      imageRidge: config.ridge?.images,
      textRidge: config.ridge?.texts,
      power: config.power,
    };
    return new CoSMat(await fitSystem(definition(config.similarity), pairs, given, config));
  }
}

function definition(similarity: SemanticSimilarity | undefined): SystemDefinition {
  return {
    where: "CoSMat.fit",
    needs: { labels: "optional" },
    correlates: true,
    uses: ({ rows }) =>
      rows.classes > 0
        ? ["images", "texts", "ridge", "components", "imageRidge", "textRidge"]
        : ["images", "texts", "ridge", "components", "power"],
    defaults: (data) => ({
      images: {},
      texts: {},
      components: fittingComponents(data),
      ridge: 1e-6,
      imageRidge: 1,
      textRidge: 1,
      power: 1,
    }),
    build(data, settings, memo) {
      const mapped = mapPairs(data, settings, memo);
      const projection = correlate(data, mapped, settings, memo);
      if (data.rows.classes === 0) {
        const weigh = (view: CcaView) => weighted(view, projection.correlations, settings.power);
        return {
          system: "CoSMat",
          similarity: similarity ?? "cosine",
          image: new Tower({ features: mapped.image.map, projection: weigh(projection.images) }),
          text: new Tower({ features: mapped.text.map, projection: weigh(projection.texts) }),
        };
      }
      const classifiers = fitClassifiers(data, mapped, projection, settings, memo);
      return {
        system: "CoSMat",
        similarity: similarity ?? "centeredCosine",
        image: new Tower({
          features: mapped.image.map,
          projection: projection.images,
          classifier: classifiers.image,
        }),
        text: new Tower({
          features: mapped.text.map,
          projection: projection.texts,
          classifier: classifiers.text,
        }),
      };
    },
  };
}

/** LogsTran of both modalities, on the projections. */
function fitClassifiers(
  { labels, rows }: PairData,
  { image, text }: MappedPairs,
  projection: { readonly images: CcaView; readonly texts: CcaView },
  { images, texts, ridge, components, imageRidge, textRidge }: Settings,
  memo: Memo,
): { readonly image: LogisticRegression; readonly text: LogisticRegression } {
  const space = JSON.stringify([images, texts, ridge, components]);
  const fit = (
    modality: string,
    features: MappedPairs["image"],
    view: CcaView,
    own: readonly number[],
    penalty: number,
  ) =>
    memo.of("classifier", `${modality} ${space} ${penalty}`, () => {
      const projected = ccaTransform(view, selectRows(features.features, own));
      const options = { ridge: penalty, classes: rows.classes, tolerance: memo.tolerance };
      return LogsTran.fit(projected, labelsAt(labels, own), options).model;
    });
  return {
    image: fit("images", image, projection.images, rows.labeledImages, imageRidge),
    text: fit("texts", text, projection.texts, rows.labeledTexts, textRidge),
  };
}

/** Each component times its correlation to a power. */
function weighted({ mean, weights }: CcaView, correlations: Float64Array, power: number): CcaView {
  const { rows, columns } = weights;
  const data = weights.data.map((value, i) => value * correlations[Math.floor(i / columns)]! ** power);
  return { mean, weights: { rows, columns, data } };
}
