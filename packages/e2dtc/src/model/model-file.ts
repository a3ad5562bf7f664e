import { type CoordinateSystem, FormatError } from "@wayweave/geo-core";
import type { E2DTCConfig } from "./config.js";

/** What a model says of itself, in the ONNX file's metadata. */
export interface ModelInfo {
  readonly k: number;
  /** Length of the embeddings. */
  readonly hidden: number;
  /** What `coordinates` are. */
  readonly coordinateSystem: CoordinateSystem;
  readonly tokens: {
    readonly cellSizeMeters: number;
    readonly keepRepeats: boolean;
    /** Tokens, the two special ones included. */
    readonly vocabularySize: number;
  };
}

/** How a model came about. */
export interface ModelProvenance {
  readonly config: E2DTCConfig;
  readonly seed: number;
  readonly engine: string;
  readonly trajectories: number;
  readonly pretrainEpochs: number;
  readonly selfTrainEpochs: number;
}

const infoKey = "wayweave.e2dtc.model";
const provenanceKey = "wayweave.e2dtc.training";

export function modelMetadata(info: ModelInfo, provenance: ModelProvenance): Record<string, string> {
  return { [infoKey]: JSON.stringify(info), [provenanceKey]: JSON.stringify(provenance) };
}

/** @throws {FormatError} an ONNX file that is no E2DTC model */
export function readModelInfo(metadata: Readonly<Record<string, string>>): ModelInfo {
  const text = metadata[infoKey];
  if (text === undefined) throw new FormatError(`not an E2DTC model: its metadata must hold ${infoKey}`);
  return JSON.parse(text) as ModelInfo;
}
