import { FormatError, isFloat64Array } from "@wayweave/geo-core";
import type { Checkpoint, CheckpointContents, CheckpointTensor } from "@wayweave/nn/inference";
import type { Matrix64 } from "@wayweave/numeric";
import { FeatureMap } from "./feature-map.js";
import { checkFormat, type FileFormat } from "./file-format.js";
import { type ModelParts, type SystemName, systemNames } from "./model-parts.js";
import { type SemanticSimilarity, semanticSimilarities } from "./similarity.js";
import { Tower } from "./tower.js";

const fileFormat = {
  format: "wayweave.cosmat",
  version: 1,
  title: "cross-modal model",
} as const satisfies FileFormat;

interface TowerMetadata {
  readonly columns: number;
  readonly root: boolean;
  readonly unitLength: boolean;
  readonly gamma: number | null;
}

interface Metadata extends FileFormat {
  readonly system: SystemName;
  readonly similarity: SemanticSimilarity;
  readonly image: TowerMetadata;
  readonly text: TowerMetadata;
}

/** What a model's file holds: its arrays as float64 tensors, the rest as metadata. */
export function modelContents({ system, similarity, image, text }: ModelParts): CheckpointContents {
  const tensors = new Map<string, CheckpointTensor>();
  const metadata: Metadata = {
    ...fileFormat,
    system,
    similarity,
    image: describeTower(image, "image", tensors),
    text: describeTower(text, "text", tensors),
  };
  return { tensors, metadata };
}

/**
 * @param file its name, for messages
 * @throws {FormatError} a file that is no such model, or of a later version
 */
export function readModel(checkpoint: Checkpoint, file: string): ModelParts {
  const { system, similarity, image, text } = checkFormat<Metadata>(checkpoint, fileFormat, file);
  if (
    system === undefined ||
    !systemNames.includes(system) ||
    similarity === undefined ||
    !semanticSimilarities.includes(similarity) ||
    image === undefined ||
    text === undefined
  ) {
    throw new FormatError("the model's description is incomplete", { file });
  }
  const reader = new TensorReader(file, checkpoint);
  return {
    system,
    similarity,
    image: readTower(reader, "image", image),
    text: readTower(reader, "text", text),
  };
}

function describeTower(tower: Tower, name: string, tensors: Map<string, CheckpointTensor>): TowerMetadata {
  const { columns, root, unitLength, mean, scale, chiSquared } = tower.features.parameters;
  const put = (key: string, value: Matrix64 | Float64Array | undefined): void => {
    if (value === undefined) return;
    const [shape, data] =
      "length" in value ? [[value.length], value] : [[value.rows, value.columns], value.data];
    tensors.set(`${name}.${key}`, { type: "float64", shape, data });
  };
  put("mean", mean);
  put("scale", scale);
  put("landmarks", chiSquared?.landmarks);
  put("whitening", chiSquared?.whitening);
  put("projection.mean", tower.projection?.mean);
  put("projection.weights", tower.projection?.weights);
  put("classifier.weights", tower.classifier?.weights);
  put("classifier.intercept", tower.classifier?.intercept);
  return { columns, root, unitLength, gamma: chiSquared?.gamma ?? null };
}

function readTower(reader: TensorReader, name: string, metadata: TowerMetadata): Tower {
  const { columns, root, unitLength, gamma } = metadata;
  const has = (key: string) => reader.has(`${name}.${key}`);
  const vector = (key: string) => reader.vector(`${name}.${key}`);
  const matrix = (key: string) => reader.matrix(`${name}.${key}`);
  const features = new FeatureMap({
    columns,
    root,
    unitLength,
    ...(has("mean") ? { mean: vector("mean"), scale: vector("scale") } : {}),
    ...(gamma === null
      ? {}
      : { chiSquared: { gamma, landmarks: matrix("landmarks"), whitening: matrix("whitening") } }),
  });
  const projection = has("projection.weights")
    ? { mean: vector("projection.mean"), weights: matrix("projection.weights") }
    : undefined;
  const classifier = has("classifier.weights")
    ? { weights: matrix("classifier.weights"), intercept: vector("classifier.intercept"), iterations: 0 }
    : undefined;
  return new Tower({ features, projection, classifier });
}

class TensorReader {
  readonly #file: string;
  readonly #tensors: Checkpoint["tensors"];

  constructor(file: string, { tensors }: Checkpoint) {
    this.#file = file;
    this.#tensors = tensors;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  vector(name: string): Float64Array {
    return this.#read(name, 1).data;
  }

  matrix(name: string): Matrix64 {
    const { shape, data } = this.#read(name, 2);
    return { rows: shape[0]!, columns: shape[1]!, data };
  }

  #read(name: string, rank: number): { shape: readonly number[]; data: Float64Array } {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined || !isFloat64Array(tensor.data) || tensor.shape.length !== rank) {
      throw new FormatError(`tensor ${name} is missing or of another kind`, { file: this.#file });
    }
    return { shape: tensor.shape, data: tensor.data };
  }
}
