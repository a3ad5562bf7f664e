import { selectRows } from "@wayweave/numeric";
import { CorrProj, type CorrProjOptions } from "./corr-proj.js";
import { CrossModalModel } from "./cross-modal-model.js";
import { LogsTran } from "./logs-tran.js";
import type { Pairs } from "./pairs.js";
import { type PreprocessingOptions, prepare } from "./prepare.js";
import type { SemanticSimilarity } from "./similarity.js";
import { Tower } from "./tower.js";

export interface CoSMatConfig {
  readonly features?: PreprocessingOptions;
  /** γ and the ridge of CorrProj. @defaultValue as many components as fit */
  readonly corrProj?: Partial<CorrProjOptions>;
  /** Weight of ½‖W‖² in LogsTran. @defaultValue 1 for both */
  readonly ridge?: { readonly images?: number; readonly texts?: number };
  /** @defaultValue "centeredCosine" */
  readonly similarity?: SemanticSimilarity;
}

/**
 * Cross-modal semantic matching: CorrProj, then LogsTran on its projections, for each modality. A representation is a
 * vector of class posteriors (the paper's section V-A).
 *
 * Who takes part in what: CorrProj is fitted to pairs with an image and a text, labelled or not; LogsTran of a modality
 * to everything labelled that has that modality.
 *
 * @example
 * const model = CoSMat.fit({ images, texts, labels });
 * model.similarity(model.embedText(queries), model.embedImage(images));
 */
export class CoSMat extends CrossModalModel {
  /**
   * @throws {ShapeError} rows or lengths that differ
   * @throws {ValueError} entries, labels or options out of range; a class without an example; fewer than two whole pairs
   * @throws {StateError} a logistic regression that does not converge
   */
  static fit(pairs: Pairs, config: CoSMatConfig = {}): CoSMat {
    const { ridge = {}, similarity = "centeredCosine" } = config;
    const view = prepare("CoSMat.fit", pairs, config.features);
    const { rows, images, texts } = view;
    const components =
      config.corrProj?.components ?? Math.min(rows.paired.length - 1, images.columns, texts.columns);
    const corrProj = CorrProj.fit(selectRows(images, rows.paired), selectRows(texts, rows.paired), {
      ...config.corrProj,
      components,
    });
    const labelsOf = (chosen: readonly number[]) => chosen.map((i) => pairs.labels[i]!);
    const imageClassifier = LogsTran.fit(
      corrProj.projectImages(selectRows(images, rows.labeledImages)),
      labelsOf(rows.labeledImages),
      { ridge: ridge.images ?? 1, classes: rows.classes },
    );
    const textClassifier = LogsTran.fit(
      corrProj.projectTexts(selectRows(texts, rows.labeledTexts)),
      labelsOf(rows.labeledTexts),
      { ridge: ridge.texts ?? 1, classes: rows.classes },
    );
    return new CoSMat({
      system: "CoSMat",
      similarity,
      image: new Tower({
        features: view.imageMap,
        projection: corrProj.images,
        classifier: imageClassifier.model,
      }),
      text: new Tower({
        features: view.textMap,
        projection: corrProj.texts,
        classifier: textClassifier.model,
      }),
    });
  }
}
