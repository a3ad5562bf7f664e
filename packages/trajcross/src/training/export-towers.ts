import { digestOf, exportOnnx } from "@wayweave/nn/train";
import { encodeImages, encodeTrajectories } from "../model/forward.js";
import { usesShapes } from "../model/inputs.js";
import { type TowerFiles, towerMetadata } from "../model/tower-files.js";
import type { TrainedTowers } from "./train-towers.js";

/**
 * Writes both towers as self-contained ONNX models with a dynamic batch axis; each is checked against the training engine.
 *
 * `trajectory`: points `[batch, points, 2]` (and shape images `[batch, size, size, 1]`, 0 … 255, where the model looks at them) →
 * embedding `[batch, embedding]`. `image`: pixels 0 … 255 `[batch, size, size, channels]` and extents `[batch, 4]` → embedding.
 *
 * Points and extents are metres from the origin that the metadata `wayweave.trajcross.origin` holds: `TrajCross` takes it off, and
 * whoever runs the files without it has to. `wayweave.trajcross.trainingId` is the same in both files and in no other training's.
 */
export async function exportTowers(towers: TrainedTowers): Promise<TowerFiles> {
  const { config, normalization, params } = towers;
  const { model } = config;
  const metadata = towerMetadata({ ...towers, trainingId: trainingIdOf(towers) });
  const square = ["batch", model.imageSize, model.imageSize];
  // What is under `line` belongs to both.
  const pick = (tower: string) =>
    Object.fromEntries(
      Object.entries(params).filter(([name]) => name.startsWith(`${tower}/`) || name.startsWith("line/")),
    );
  const trajectoryTower = await exportOnnx({
    name: "trajcross trajectory tower",
    forward: (parameters, { points, shapes }) =>
      encodeTrajectories(
        parameters,
        { points: points!, ...(shapes ? { shapes } : {}) },
        model,
        normalization,
      ),
    params: pick("trajectory"),
    inputs: {
      points: { type: "float32", shape: ["batch", model.points, 2] },
      ...(usesShapes(model) ? { shapes: { type: "float32", shape: [...square, 1] } as const } : {}),
    },
    output: "embedding",
    metadata,
  });
  const imageTower = await exportOnnx({
    name: "trajcross image tower",
    forward: (parameters, { pixels, extents }) =>
      encodeImages(parameters, { pixels: pixels!, extents: extents! }, model, normalization).embeddings,
    params: pick("image"),
    inputs: {
      pixels: { type: "float32", shape: [...square, model.channels] },
      extents: { type: "float32", shape: ["batch", 4] },
    },
    output: "embedding",
    metadata,
  });
  return { trajectory: trajectoryTower.bytes, image: imageTower.bytes };
}

/** SHA-256 of everything that embeddings depend on. */
function trainingIdOf({ config, normalization, params }: TrainedTowers): string {
  const entries = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  const shapes = entries.map(([name, { shape }]) => [name, shape]);
  const description = JSON.stringify({ model: config.model, normalization, shapes });
  return digestOf(new TextEncoder().encode(description), ...entries.map(([, { data }]) => data));
}
