import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild({
    index: "src/index.ts",
    inference: "src/inference/index.ts",
    train: "src/train/index.ts",
    "onnx-worker": "src/inference/onnx-worker.ts",
  }),
);
