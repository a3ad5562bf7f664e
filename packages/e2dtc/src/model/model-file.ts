import { type CoordinateSystem, FormatError } from "@wayweave/geo-core";
import type { E2DTCConfig } from "./config.js";

/** What a model says of itself, in the ONNX file's metadata. */
export interface ModelInfo {
  /** Number of clusters. */
  readonly k: number;
  /** Length of the embeddings. */
  readonly hidden: number;
  /** What `coordinates` are. */
  readonly coordinateSystem: CoordinateSystem;
  /** `[min x, min y, max x, max y]` of what it has learnt, Web Mercator metres (planar: the set's unit); older models do not say it. */
  readonly area?: readonly [number, number, number, number];
  /** How trips are spelt. */
  readonly tokens: {
    /** Side of a cell: Web Mercator metres (planar: the set's unit). */
    readonly cellSizeMeters: number;
    /** Whether a run of points in one cell stays a run of tokens. */
    readonly keepRepeats: boolean;
    /** Tokens, the two special ones included. */
    readonly vocabularySize: number;
  };
  /** Whether it was trained with times of day, and asks for trips with times; absent where it was not. */
  readonly timeOfDay?: boolean;
}

/** How a model came about. */
export interface ModelProvenance {
  /** The whole configuration. */
  readonly config: E2DTCConfig;
  /** Of everything random. */
  readonly seed: number;
  /** The engine that trained. */
  readonly engine: string;
  /** Trajectories that it was trained on. */
  readonly trajectories: number;
  /** Epochs of pre-training that were run. */
  readonly pretrainEpochs: number;
  /** Epochs of self-training that were run. */
  readonly selfTrainEpochs: number;
}

const infoKey = "wayweave.e2dtc.model";
const provenanceKey = "wayweave.e2dtc.training";

export function modelMetadata(info: ModelInfo, provenance: ModelProvenance): Record<string, string> {
  return { [infoKey]: JSON.stringify(info), [provenanceKey]: JSON.stringify(provenance) };
}

/** @throws {FormatError} an ONNX file that is no E2DTC model, or one whose metadata are damaged */
export function readModelInfo(metadata: Readonly<Record<string, string>>): ModelInfo {
  const text = metadata[infoKey];
  if (text === undefined) throw new FormatError(`not an E2DTC model: its metadata must hold ${infoKey}`);
  const info = parsed(text);
  const faults = isRecord(info) ? faultsOf(info) : ["an object"];
  if (faults.length > 0) {
    throw new FormatError(`damaged E2DTC model: ${infoKey} in its metadata must hold ${faults.join(", ")}`);
  }
  return info as unknown as ModelInfo;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(`damaged E2DTC model: ${infoKey} in its metadata must be JSON`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of a model's description is missing or wrong. */
function faultsOf({
  k,
  hidden,
  coordinateSystem,
  area,
  tokens,
  timeOfDay,
}: Record<string, unknown>): string[] {
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  const ofTokens = isRecord(tokens) ? tokens : {};
  const size = ofTokens.cellSizeMeters;
  const checks: Readonly<Record<string, boolean>> = {
    "k, a positive integer": isCount(k),
    "hidden, a positive integer": isCount(hidden),
    "coordinateSystem, lonlat or planar": coordinateSystem === "lonlat" || coordinateSystem === "planar",
    "area, four numbers":
      area === undefined || (Array.isArray(area) && area.length === 4 && area.every(Number.isFinite)),
    "tokens.cellSizeMeters, above 0": typeof size === "number" && size > 0,
    "tokens.keepRepeats, a boolean": typeof ofTokens.keepRepeats === "boolean",
    "tokens.vocabularySize, a positive integer": isCount(ofTokens.vocabularySize),
    "timeOfDay, a boolean": timeOfDay === undefined || typeof timeOfDay === "boolean",
  };
  return Object.keys(checks).filter((name) => !checks[name]);
}
