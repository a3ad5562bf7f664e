import { checkOneOf } from "@wayweave/geo-core";
import { saveCheckpoint } from "@wayweave/nn";
import { checkPath } from "../internal/arguments.js";
import { EmbeddingModel } from "./embedding-model.js";
import { type BackboneExport, type Modality, modelToOnnx } from "./export-onnx.js";
import { modelContents, readModel } from "./model-file.js";
import { openCheckpoint } from "./open-checkpoint.js";

/**
 * A fitted system, with files: images and texts become vectors of one space. `CoSMat`, `SemanticMatching`,
 * `CanonicalCorrelation` and `GeneralizedMultiview` differ in how they are fitted only.
 */
export class CrossModalModel extends EmbeddingModel {
  /** Saves the model as one safetensors file. */
  async save(file: string): Promise<void> {
    await saveCheckpoint(file, modelContents(this.parts));
  }

  /** @throws {FormatError} a file that is no such model */
  static async load(file: string): Promise<CrossModalModel> {
    checkPath("CrossModalModel.load", "file", file);
    return new CrossModalModel({ parts: readModel(await openCheckpoint(file), file) });
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
    checkOneOf(`${this.parts.system}.toOnnx`, "modality", modality, ["image", "text"]);
    return modelToOnnx(this.parts[modality], `${this.parts.system} ${modality}`, backbone);
  }
}
