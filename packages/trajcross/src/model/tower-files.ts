import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { FormatError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import type { ModelConfig, TrajCrossConfig } from "./config.js";
import type { Origin } from "./normalization.js";

/** The two towers as ONNX files. */
export interface TowerFiles {
  /** Content of `trajectory.onnx`: points, and shape images where the model looks at them, to embeddings. */
  readonly trajectory: Uint8Array;
  /** Content of `image.onnx`: pixels and extents to embeddings. */
  readonly image: Uint8Array;
}

const fileNames = { trajectory: "trajectory.onnx", image: "image.onnx" } as const;
const keys = {
  config: "wayweave.trajcross.config",
  origin: "wayweave.trajcross.origin",
  trainingId: "wayweave.trajcross.trainingId",
  provenance: "wayweave.trajcross.training",
} as const;

/** Writes `trajectory.onnx` and `image.onnx` into a folder. */
export async function saveTowers(folder: string, files: TowerFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const tower of ["trajectory", "image"] as const) {
    await writeAtomically(path.join(folder, fileNames[tower]), (write) => write(files[tower]));
  }
}

export async function readTowers(folder: string): Promise<TowerFiles> {
  const [trajectory, image] = await Promise.all([
    readFile(path.join(folder, fileNames.trajectory)),
    readFile(path.join(folder, fileNames.image)),
  ]);
  return { trajectory, image };
}

/** What is written into both ONNX files: what it takes to run them, which training they are of, and how they were made. */
export function towerMetadata(towers: {
  readonly config: TrajCrossConfig;
  readonly normalization: Origin;
  readonly seed: number;
  readonly losses: readonly number[];
  readonly engine: string;
  readonly trainingId: string;
}): Record<string, string> {
  const { config, normalization, seed, losses, engine, trainingId } = towers;
  const { originX, originY } = normalization;
  return {
    [keys.config]: JSON.stringify(config.model),
    [keys.origin]: JSON.stringify({ originX, originY }),
    [keys.trainingId]: trainingId,
    [keys.provenance]: JSON.stringify({
      train: config.train,
      seed,
      engine,
      epochs: losses.length,
      lastLoss: losses.at(-1) ?? null,
    }),
  };
}

/** What a tower says of itself. */
export interface TowerDescription {
  readonly config: ModelConfig;
  readonly origin: Origin;
  /** The same in both towers of one training, and in no other. */
  readonly trainingId: string;
}

/**
 * What both towers say of themselves.
 *
 * @param trajectory metadata of the trajectory tower, `image` of the image tower
 * @throws {FormatError} an ONNX file that is no TrajCross tower, or towers of two trainings
 */
export function describeTowers(trajectory: Metadata, image: Metadata): TowerDescription {
  const described = describeTower(trajectory, fileNames.trajectory);
  const { trainingId } = describeTower(image, fileNames.image);
  if (trainingId !== described.trainingId) {
    throw new FormatError(
      `${fileNames.trajectory} and ${fileNames.image} must be of one training, got ${described.trainingId} and ${trainingId}`,
    );
  }
  return described;
}

type Metadata = Readonly<Record<string, string>>;

function describeTower(metadata: Metadata, file: string): TowerDescription {
  const { originX, originY } = readJson<Partial<Origin>>(metadata, keys.origin, file);
  if (!Number.isFinite(originX) || !Number.isFinite(originY)) {
    throw new FormatError(`metadata ${keys.origin} must hold two numbers, got ${metadata[keys.origin]}`, {
      file,
    });
  }
  return {
    config: readJson<ModelConfig>(metadata, keys.config, file),
    origin: { originX: originX!, originY: originY! },
    trainingId: readText(metadata, keys.trainingId, file),
  };
}

function readText(metadata: Metadata, key: string, file: string): string {
  const text = metadata[key];
  if (text === undefined) {
    throw new FormatError(`must be a TrajCross tower, whose metadata holds ${key}, got none`, { file });
  }
  return text;
}

function readJson<T>(metadata: Metadata, key: string, file: string): T {
  const text = readText(metadata, key, file);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new FormatError(`metadata ${key} must be JSON, got ${text}`, { file }, { cause });
  }
}
