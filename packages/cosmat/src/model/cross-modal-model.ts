import type { Matrix, Matrix64 } from "@wayweave/numeric";
import { type BackboneExport, type Modality, modelToOnnx } from "./export-onnx.js";
import { loadModel, saveModel } from "./model-file.js";
import type { ModelParts } from "./model-parts.js";
import type { Settings } from "./settings.js";
import { similarities, toUnitVectors } from "./similarity.js";
import type { TuningReport } from "./tuning/options.js";

/**
 * A fitted system: images and texts become vectors of one space. `CoSMat`, `SemanticMatching`, `CanonicalCorrelation` and
 * `GeneralizedMultiview` differ in how they are fitted only.
 */
export class CrossModalModel {
  readonly parts: ModelParts;
  /** What it was fitted with; empty for a model from a file. */
  readonly settings: Partial<Settings>;
  /** How settings were chosen; undefined where they were all given or the model comes from a file. */
  readonly tuning: TuningReport | undefined;

  constructor(fitted: {
    readonly parts: ModelParts;
    readonly settings?: Partial<Settings>;
    readonly tuning?: TuningReport | undefined;
  }) {
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

  /** Saves the model as one safetensors file. */
  async save(file: string): Promise<void> {
    await saveModel(file, this.parts);
  }

  /** @throws {FormatError} a file that is no such model */
  static async load(file: string): Promise<CrossModalModel> {
    return new CrossModalModel({ parts: await loadModel(file) });
  }

  /**
   * One modality as an ONNX model: `features` float32 `[batch, features]` → `representation` float32
   * `[batch, dimensions]`; or, given a backbone, from the backbone's inputs to its outputs and `representation`.
   *
   * @throws {FormatError} a backbone that is no ONNX model
   * @throws {ValueError} a backbone without that output, or of an operator set before 18
   * @example model.toOnnx("image", { backbone: await exportAlexNet(params), output: "fc7" }) // pixels → posterior
   */
  toOnnx(modality: Modality, backbone?: BackboneExport): Uint8Array {
    return modelToOnnx(this.parts[modality], `${this.parts.system} ${modality}`, backbone);
  }
}
