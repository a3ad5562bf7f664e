import { selectRows } from "@wayweave/numeric";
import { CorrProj, type CorrProjOptions } from "../model/corr-proj.js";
import { CrossModalModel } from "../model/cross-modal-model.js";
import type { Pairs } from "../model/pairs.js";
import { type PreprocessingOptions, prepare } from "../model/prepare.js";
import { Tower } from "../model/tower.js";

export interface CanonicalCorrelationConfig {
  readonly features?: PreprocessingOptions;
  /** @defaultValue as many components as fit */
  readonly corrProj?: Partial<CorrProjOptions>;
}

/**
 * CCA, correlation matching: the projections of CorrProj compared by cosine. Labels are checked but not used.
 *
 * Source: Rasiwasia et al. (ACM Multimedia 2010), section 4.1.
 */
export class CanonicalCorrelation extends CrossModalModel {
  /** Throws what `CoSMat.fit` throws. */
  static fit(pairs: Pairs, config: CanonicalCorrelationConfig = {}): CanonicalCorrelation {
    const view = prepare("CanonicalCorrelation.fit", pairs, config.features);
    const { paired } = view.rows;
    const corrProj = CorrProj.fit(selectRows(view.images, paired), selectRows(view.texts, paired), {
      ...config.corrProj,
      components:
        config.corrProj?.components ?? Math.min(paired.length - 1, view.images.columns, view.texts.columns),
    });
    return new CanonicalCorrelation({
      system: "CCA",
      similarity: "cosine",
      image: new Tower({ features: view.imageMap, projection: corrProj.images }),
      text: new Tower({ features: view.textMap, projection: corrProj.texts }),
    });
  }
}
