import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { FormatError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import type { ModelConfig, TrajCrossConfig } from "./config.js";

/** The two towers as ONNX files. */
export interface TowerFiles {
  readonly trajectory: Uint8Array;
  readonly image: Uint8Array;
}

const fileNames = { trajectory: "trajectory.onnx", image: "image.onnx" } as const;
const configKey = "wayweave.trajcross.config";
const provenanceKey = "wayweave.trajcross.training";

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

/** What is written into the ONNX files: how the towers were made. */
export function towerMetadata(towers: {
  readonly config: TrajCrossConfig;
  readonly seed: number;
  readonly losses: readonly number[];
  readonly engine: string;
}): Record<string, string> {
  const { config, seed, losses, engine } = towers;
  return {
    [configKey]: JSON.stringify(config.model),
    [provenanceKey]: JSON.stringify({
      train: config.train,
      seed,
      engine,
      epochs: losses.length,
      lastLoss: losses.at(-1) ?? null,
    }),
  };
}

/** @throws {FormatError} an ONNX file that is no TrajCross tower */
export function readModelConfig(metadata: Readonly<Record<string, string>>): ModelConfig {
  const text = metadata[configKey];
  if (text === undefined) throw new FormatError(`not a TrajCross tower: its metadata must hold ${configKey}`);
  return JSON.parse(text) as ModelConfig;
}
