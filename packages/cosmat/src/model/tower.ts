import { checkGiven } from "@wayweave/geo-core";
import {
  type CcaView,
  ccaTransform,
  type LogisticRegression,
  logisticProbabilities,
  type Matrix,
  type Matrix64,
} from "@wayweave/numeric";
import type { FeatureMap } from "./feature-map.js";

/**
 * One modality's way into the common space: preprocessing, then a linear projection, then class posteriors. A system has
 * the last two or either of them.
 */
export class Tower {
  /** The preprocessing. */
  readonly features: FeatureMap;
  /** Onto the components that it shares with the other modality; undefined in a system without (SM). */
  readonly projection: CcaView | undefined;
  /**
   * From components, or preprocessed features, to class posteriors; undefined where a representation is a projection.
   */
  readonly classifier: LogisticRegression | undefined;

  constructor(parts: {
    readonly features: FeatureMap;
    readonly projection?: CcaView | undefined;
    readonly classifier?: LogisticRegression | undefined;
  }) {
    checkGiven("Tower", "parts", parts);
    checkGiven("Tower", "parts.features", parts.features);
    this.features = parts.features;
    this.projection = parts.projection;
    this.classifier = parts.classifier;
  }

  /** Features that it takes. */
  get columns(): number {
    return this.features.parameters.columns;
  }

  /** Entries of a representation. */
  get dimensions(): number {
    return this.classifier?.intercept.length ?? this.projection?.weights.rows ?? this.features.dimensions;
  }

  /**
   * @param where the public function, for messages
   * @param rows `[m, columns]`
   * @returns `[m, dimensions]`
   */
  embed(where: string, name: string, rows: Matrix): Matrix64 {
    return this.project(this.features.transform(rows, where, name));
  }

  /**
   * What is left of {@link embed} after {@link features}.
   *
   * @param mapped `[m, features.dimensions]`
   * @returns `[m, dimensions]`
   */
  project(mapped: Matrix64): Matrix64 {
    const components = this.projection === undefined ? mapped : ccaTransform(this.projection, mapped);
    return this.classifier === undefined ? components : logisticProbabilities(this.classifier, components);
  }
}
