import { checkGiven } from "@wayweave/geo-core";
import { decodeCheckpoint, encodeCheckpoint } from "@wayweave/nn/inference";
import type { Matrix, Matrix64 } from "@wayweave/numeric";
import { modelContents, readModel } from "./model-file.js";
import type { ModelParts } from "./model-parts.js";
import type { Settings } from "./settings.js";
import { similarities, toUnitVectors } from "./similarity.js";
import type { TuningReport } from "./tuning/options.js";

/** A fitted system, and what it was fitted with. */
export interface FittedModel {
  /** Both towers, and how what they give is compared. */
  readonly parts: ModelParts;
  /** What it was fitted with, where that is known. */
  readonly settings?: Partial<Settings>;
  /** How settings were chosen, where they were. */
  readonly tuning?: TuningReport | undefined;
}

/**
 * A fitted system: images and texts become vectors of one space. It runs wherever JavaScript does; `CrossModalModel` of the main
 * entry can also read and write files and ONNX models. `CoSMat`, `SemanticMatching`, `CanonicalCorrelation` and
 * `GeneralizedMultiview` differ in how they are fitted only.
 */
export class EmbeddingModel {
  /** Both towers, and how what they give is compared. */
  readonly parts: ModelParts;
  /** What it was fitted with; empty for a model from a file. */
  readonly settings: Partial<Settings>;
  /** How settings were chosen; undefined where they were all given or the model comes from a file. */
  readonly tuning: TuningReport | undefined;

  constructor(fitted: FittedModel) {
    checkGiven(new.target.name, "fitted", fitted);
    checkGiven(new.target.name, "fitted.parts", fitted.parts);
    this.parts = fitted.parts;
    this.settings = fitted.settings ?? {};
    this.tuning = fitted.tuning;
  }

  /** Entries of a representation: classes where it is a posterior, else components. */
  get dimensions(): number {
    return this.parts.image.dimensions;
  }

  /** Whether a representation is a vector of class probabilities. */
  get semantic(): boolean {
    return this.parts.image.classifier !== undefined;
  }

  /**
   * @param images features, `[n, image features]`
   * @returns representations `[n, dimensions]`
   * @throws {ShapeError} another number of features
   * @throws {ValueError} an entry that is not finite, or negative where the preprocessing needs histograms
   */
  embedImage(images: Matrix): Matrix64 {
    return this.parts.image.embed(`${this.parts.system}.embedImage`, "images", images);
  }

  /** As {@link embedImage}, for text features. */
  embedText(texts: Matrix): Matrix64 {
    return this.parts.text.embed(`${this.parts.system}.embedText`, "texts", texts);
  }

  /** Similarities `[queries, items]` of representations, in [−1, 1], in the model's own measure. */
  similarity(queries: Matrix, items: Matrix): Matrix64 {
    return similarities(queries, items, this.parts.similarity);
  }

  /** Representations scaled so that a dot product is the model's similarity: what an index takes. */
  toIndexVectors(representations: Matrix): Matrix64 {
    return toUnitVectors(representations, this.parts.similarity);
  }

  /** The model as one safetensors file. */
  toBytes(): Uint8Array {
    return encodeCheckpoint(modelContents(this.parts));
  }

  /** @throws {FormatError} bytes that are no such model */
  static fromBytes(bytes: Uint8Array): EmbeddingModel {
    return new EmbeddingModel({ parts: readModel(decodeCheckpoint(bytes), "bytes") });
  }
}
