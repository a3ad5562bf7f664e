import { exportOnnx } from "@wayweave/nn/train";
import { encodeImages, encodeTrajectories } from "./forward.js";
import { usesShapes } from "./inputs.js";
import { type TowerFiles, towerMetadata } from "./tower-files.js";
import type { TrainedTowers } from "./train.js";

/**
 * Writes both towers as self-contained ONNX models with a dynamic batch axis; each is checked against the training engine.
 *
 * `trajectory`: points in metres `[batch, points, 2]` (and shape images `[batch, size, size, 1]`, 0 … 255, where the model
 * looks at them) → embedding `[batch, embedding]`. `image`: pixels 0 … 255 `[batch, size, size, channels]` and extents in metres
 * `[batch, 4]` → embedding.
 */
export async function exportTowers(towers: TrainedTowers): Promise<TowerFiles> {
  const { config, normalization, params } = towers;
  const { model } = config;
  const metadata = towerMetadata(towers);
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
