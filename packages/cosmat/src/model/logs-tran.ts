import { checkOptions, ValueError } from "@wayweave/geo-core";
import {
  type LogisticRegression,
  logisticProbabilities,
  logisticRegression,
  type Matrix,
  type Matrix64,
} from "@wayweave/numeric";

/** How {@link LogsTran} is regularised, and when its fit ends. */
export interface LogsTranOptions {
  /** Weight of ½‖W‖² against the summed loss, ≥ 0 (scikit-learn's 1/C). @defaultValue 1 */
  readonly ridge?: number;
  /** Number of classes. @defaultValue the largest label plus 1 */
  readonly classes?: number;
  /**
   * The fit ends when no entry of the gradient is larger, each column's being divided by the column's standard deviation.
   * @defaultValue 1e-3
   */
  readonly tolerance?: number;
}

/**
 * LogsTran: from features to semantics, the posterior probabilities of the classes.
 *
 * Source: the paper's eq. 9 (multinomial logistic regression), with an L2 penalty.
 */
export class LogsTran {
  /** The fitted W and b: P(k | x) = softmax(W·x + b)ₖ. */
  readonly model: LogisticRegression;

  private constructor(model: LogisticRegression) {
    this.model = model;
  }

  /**
   * @param features `[n, d]`
   * @param labels class numbers from 0, `[n]`
   * @throws {ShapeError} labels.length ≠ n
   * @throws {ValueError} a label that is no class, fewer than two classes, a negative ridge
   * @throws {StateError} not converged (a ridge near 0 on separable classes)
   */
  static fit(features: Matrix, labels: ArrayLike<number>, options: LogsTranOptions = {}): LogsTran {
    checkOptions("LogsTran.fit", options, ["ridge", "tolerance", "classes"]);
    if (typeof labels !== "object" || labels === null) {
      throw new ValueError(
        `LogsTran.fit: labels must be a list of class numbers, got ${labels === null ? "null" : typeof labels}`,
      );
    }
    const { ridge = 1, tolerance = 1e-3, classes } = options;
    const wanted = classes === undefined ? {} : { classes };
    return new LogsTran(
      logisticRegression(features, labels, { ridge, tolerance, maxIterations: 5000, ...wanted }),
    );
  }

  /** How many classes there are: the length of a posterior. */
  get classes(): number {
    return this.model.intercept.length;
  }

  /** P(class | features): `[m, d]` → `[m, classes]`, each row adds up to 1. */
  posteriors(features: Matrix): Matrix64 {
    return logisticProbabilities(this.model, features);
  }
}
